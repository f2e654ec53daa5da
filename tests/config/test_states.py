"""docs/states.md is what the code says."""

from pathlib import Path

from config.management.commands import states

DOCUMENT = Path(__file__).parents[2] / "docs" / "states.md"


def test_the_document_equals_the_code():
    assert DOCUMENT.read_text() == states.document(), "run: manage.py states > docs/states.md"


def test_the_comparison_runs_through_the_stages_of_its_procedure():
    comparison = next(model for model in states.machines() if model.noun == "comparison")
    reached = [target for _source, target, _act in states.edges(comparison)]
    assert [stage for stage in dict.fromkeys(reached) if stage != "failed"] == [
        "draw_registered",
        "price_fixed",
        "notice_published",
        "registering",
        "qualifying",
        "list_published",
        "drawing",
        "drawn",
        "publicising",
        "noticed",
        "contracted",
        "tracking",
        "closed",
    ]

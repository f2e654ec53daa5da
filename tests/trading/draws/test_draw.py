"""The acts of a draw, each through `perform`."""

import pytest

from tests.trading.draws import scene
from trading.draws import dossier, evidence, verify_draw

pytestmark = pytest.mark.django_db


def test_a_whole_draw_is_verified_from_its_evidence(tmp_path, capsys):
    place = scene.hall(bidders=2)
    draw = scene.proved(place, ("centre", "supervisor", "bidder1"))

    files = dossier.files_of(draw)
    evidence.write(files, tmp_path / "e")
    code = verify_draw.main([str(tmp_path / "e")])

    assert (code, draw.state) == (0, "drawn"), capsys.readouterr().out

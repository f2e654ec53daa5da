"""From the room to the engine: the document of an evaluation as it stands, and what the engine finds in it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_noop

from bids import method
from bids.evaluation import engine, output, reading
from bids.evaluation.document import Document
from bids.evaluation.reading.bids import limits
from bids.evaluation.reading.place import Faulty
from bids.room.ranking import Candidate
from trading.errors import RuleError
from trading.lot import Lot

BASIS = "招标投标法 40; 招标投标法实施条例 49; 87号令 52, 64"


@dataclass(frozen=True)
class Terms:
    """What of the published method the members score: each part with the highest score it takes, None without one."""

    document: Document

    @cached_property
    def judged(self) -> dict[str, Decimal | None]:
        return dict(limits(self.document.parts, "expert"))

    @cached_property
    def objective(self) -> dict[str, Decimal | None]:
        return dict(limits(self.document.parts, "fixed"))

    @cached_property
    def scored(self) -> dict[str, Decimal | None]:
        """Return every part that stands on a sheet, in the order of the method."""
        both = {**self.judged, **self.objective}
        return {part.id: both[part.id] for part in self.document.parts if part.id in both}


def terms_of(lot: Lot) -> Terms:
    """Return what the lot's method lets members score; what is drawn changes nothing of it."""
    return Terms(method.standing(lot).read())


def document_of(lot: Lot, candidates: Iterable[Candidate], sheets: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the engine's document; `sheets`: {seat number: {bid number: {part: score}}}."""
    objective = terms_of(lot).objective
    return method.document_of(lot, [_bid(one, sheets, set(objective)) for one in candidates])


def figures_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the engine finds, as `manage.py evaluate` prints it. Raises RuleError where it cannot be read."""
    return output.as_json(engine.evaluate(_read(document)))


def _read(document: Mapping[str, Any]) -> Document:
    try:
        return reading.read(json.dumps(document, ensure_ascii=False))
    except Faulty as faulty:
        raise RuleError(
            gettext_noop("The evaluation cannot be computed: %(faults)s"),
            code="not_computable",
            basis=BASIS,
            next_step=gettext_noop("Mend what is named; the figures are those of the bids, the method and the sheets."),
            faults="; ".join(map(str, faulty.faults)),
        ) from faulty


def _bid(one: Candidate, sheets: Mapping[str, Mapping[str, Any]], objective: set[str]) -> dict[str, Any]:
    number = str(one.number)
    given: dict[str, Any] = {"id": number, "effective": not one.rejected}
    if one.price is not None and one.price > 0:
        given["price"] = str(one.price)
    if one.rejected:
        return given
    for name in ("deductions", "adjustments", "brand"):
        if value := getattr(one, name):
            given[name] = value
    marks = {seat: sheet.get(number, {}) for seat, sheet in sorted(sheets.items())}
    if objective and marks:
        first = next(iter(marks.values()))
        given["fixed"] = {part: score for part, score in first.items() if part in objective}
    experts = [
        {"id": seat, "scores": {part: score for part, score in scores.items() if part not in objective}}
        for seat, scores in marks.items()
    ]
    return {**given, **({"experts": experts} if experts else {})}


def plain(score: str) -> Decimal:
    """Return a score as a number, so that 5 and 5.0 are one."""
    return Decimal(score).normalize()

"""The public draw of what a method leaves to chance (抽取系数), at the moment that was published (招标投标法 40)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from bids import drawn_parameters, method_rules
from trading.draws.draw import Draw
from trading.errors import RuleError
from trading.lot import Lot
from trading.session import Session
from trading.transitions import Act, perform

BASIS = "招标投标法 40; ggzy-draw/1"
PURPOSE = "parameter"
MOMENTS = {"before_reading": ("closed", "decrypting"), "after_reading": ("read_out", "finished")}  # of the opening


def begin(act: Act, version: Any, session: Session, beacon: dict[str, Any]) -> Draw:  # Any: a MethodVersion
    """Prepare the draw of every parameter: once the bids are fixed, before or after they are read out."""
    lot, document, drawn = version.method.lot, version.document, version.drawn
    _check_moment(lot, drawn)
    groups, bids = method_rules.groups_of(document), _numbers(lot)
    if len(bids) < drawn_parameters.needed(drawn, groups):
        raise RuleError(
            gettext_noop("The groups take more bids than were opened."),
            code="too_few_bids",
            basis=BASIS,
            next_step=gettext_noop("The evaluation cannot follow the published method; declare the tender failed."),
        )
    made = Draw(
        lot=lot,
        session=session,
        purpose=PURPOSE,
        rule={"id": f"{lot.code}/method/{version.number}", "sha": version.sha256},
        plan=drawn_parameters.plan(drawn, groups),
        beacon=beacon,
        list_file=drawn_parameters.listed(drawn, groups, bids).decode(),
    )
    perform(made.prepare, by=act.by)
    return made


def is_done(lot: Lot, drawn: Mapping[str, Any]) -> bool:
    """Say whether nothing is left to draw."""
    return not drawn.get("parameters") or lot.draws.filter(purpose=PURPOSE, state="drawn").exists()


def drawn_of(lot: Lot, document: Mapping[str, Any], drawn: Mapping[str, Any], out: Sequence[str]) -> dict[str, Any]:
    """Return each parameter as it was drawn; bids in `out` are in no group. Raises RuleError: parameters_not_drawn."""
    if not drawn.get("parameters"):
        return {}
    draw = lot.draws.filter(purpose=PURPOSE, state="drawn").first()
    if draw is None:
        raise RuleError(
            gettext_noop("The parameters of the method are not drawn yet."),
            code="parameters_not_drawn",
            basis=BASIS,
            next_step=gettext_noop("Draw them with the selector, at the moment that the method names."),
        )
    return drawn_parameters.chosen(drawn, method_rules.groups_of(document), draw.ranking(), draw.frozen(), out)


def _check_moment(lot: Lot, drawn: Mapping[str, Any]) -> None:
    opening: Any = getattr(lot, "opening", None)
    if not drawn.get("parameters"):
        raise RuleError(
            gettext_noop("The method of this lot leaves nothing to a draw."), code="nothing_to_draw", basis=BASIS
        )
    if opening is None or opening.state not in MOMENTS[drawn["when"]]:
        raise RuleError(
            gettext_noop("The published method draws at another moment of the opening."),
            code="not_the_moment_to_draw",
            basis=BASIS,
            next_step=gettext_noop("Draw once the bids are fixed, before or after the reading out as published."),
        )


def _numbers(lot: Lot) -> list[str]:
    """Return the numbers of the bids that were read out; none before that."""
    opening: Any = getattr(lot, "opening", None)
    return [str(row.number) for row in opening.opened.read_out()]

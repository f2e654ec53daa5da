"""The numbered list (编号名单) of a comparison: frozen from those who passed, hashed, published, and drawn from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from bids import grounds, ties
from bids.award import Award
from bids.registration import Registration
from trading import clock
from trading.draws import candidates
from trading.draws.draw import Draw
from trading.errors import RuleError
from trading.ledger import reveal, sealed
from trading.lot import Lot
from trading.procedures import fixed_price
from trading.session import Session
from trading.transitions import Act, perform

SUITE = "sha256"
STRATUM = "ALL"


class CandidateList(models.Model):
    """The frozen list file of a lot and its hashes.

    It changes only where an objection to it was upheld before the draw; the versions of its notice keep both.
    """

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="candidate_list")
    file = models.TextField()
    sha256 = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    n = models.PositiveIntegerField()
    published_at = models.DateTimeField()


@dataclass(frozen=True)
class Frozen:
    """What the list act and its notice say."""

    n: int
    sha256: str
    root: str
    enterprises: list[dict[str, Any]]

    def facts(self) -> dict[str, Any]:
        return {"n": self.n, "sha256": self.sha256, "root": self.root}

    def content(self) -> dict[str, Any]:
        return {"list_sha256": self.sha256, "list_root": self.root, "enterprises": self.enterprises}


def freeze(lot: Lot, at: datetime) -> Frozen:
    """Number those who passed in the order of their codes and store the list file (draw-protocol, 3.2).

    Refused while a tie of theirs or a ground for exclusion stands, for either may have arisen since they passed.
    Raises RuleError.
    """
    registered = lot.registrations.counted().select_related("organisation").prefetch_related("organisation__sanctions")
    passed = list(registered.filter(verdict="pass").order_by("organisation__uscc"))
    ties.check(lot, passed)
    grounds.check(lot, passed, gettext_noop("The supervisor reopens the qualification; find anew."))
    raw = candidates.write_list(candidates.Candidate(id=r.organisation.uscc, strata=(STRATUM,)) for r in passed)
    frozen = candidates.parse_list(raw, SUITE)
    lot.registrations.update(number=None)
    for number, registration in enumerate(passed, 1):
        registration.number = number
    Registration.objects.bulk_update(passed, ["number"], batch_size=500)
    facts = {"file": raw.decode("ascii"), "sha256": frozen.sha, "root": frozen.root, "n": frozen.n}
    CandidateList.objects.update_or_create(lot=lot, defaults={**facts, "published_at": lot.now()})
    rows = [{"number": r.number, "uscc": r.organisation.uscc, "name": r.organisation.name} for r in passed]
    return Frozen(n=frozen.n, sha256=frozen.sha, root=frozen.root, enterprises=rows)


def is_published(lot: Lot) -> bool:
    """Say whether the lot has had its list, which may be under examination again."""
    return CandidateList.objects.filter(lot=lot).exists()


def open_sealed(lot: Lot, act: Act) -> None:
    """Open the lot's sealed entries: from now on anyone can account for every one of them (integrity.md, 1.7)."""
    reveal.open_sealed(lot.code, act.at)
    sealed.close_secret_window(lot.code, act.at)


def start_draw(act: Act, lot: Lot, session: Session, beacon: dict[str, Any]) -> Draw:
    """Prepare the draw of the frozen list: one seat and its alternates, by the rule that every registrant confirmed."""
    listed, notice = lot.candidate_list, lot.registration_window.participant_notice
    alternates = int(fixed_price.PROCEDURE.rule("n_alternates", clock.local_date(lot.now())).number or 0)
    draw = Draw(
        lot=lot,
        session=session,
        purpose="enterprise",
        suite=SUITE,
        rule={"id": notice.number, "sha": notice.sha256},
        plan=[{"st": STRATUM, "k": 1, "alt": alternates}],
        beacon=beacon,
        list_file=listed.file,
    )
    perform(draw.prepare, by=act.by)
    if (draw.list_facts["sha"], draw.list_facts["root"]) != (listed.sha256, listed.root):
        raise RuleError(
            gettext_noop("The list file is not the one that was published."),
            code="list_changed",
            basis="ggzy-draw/1, 2 row 13",
        )
    return draw


def seat(lot: Lot, draw: Draw) -> list[str]:
    """Enter the drawn order as awards: rank 1 is the winner. Return the codes in that order."""
    drawn = [ident for ident, _stratum in [*draw.result["seated"], *draw.result["alternates"]]]
    listed = {
        r.organisation.uscc: r
        for r in lot.registrations.filter(organisation__uscc__in=drawn, number__isnull=False).select_related(
            "organisation"
        )
    }
    for rank, code in enumerate(drawn, 1):
        Award.objects.create(lot=lot, registration=listed[code], rank=rank)
    return drawn


def result_content(lot: Lot, draw: Draw) -> dict[str, Any]:
    """Return what the result notice says: the standing award, who follows, and what proves it."""
    standing, *reserve = Award.objects.filter(lot=lot, lapsed_at=None).order_by("rank")
    return {
        "winner": standing.facts(),
        "alternates": [award.facts() for award in reserve],
        "draw_id": draw.draw_id,
        "seed": draw.seed,
        "list_sha256": lot.candidate_list.sha256,
    }

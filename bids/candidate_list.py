"""The numbered list (编号名单) of a comparison: frozen from those who passed, hashed, published, and drawn from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from bids.registration import Registration
from trading.draws import candidates
from trading.ledger import reveal, sealed
from trading.lot import Lot
from trading.transitions import Act

SUITE = "sha256"
STRATUM = "ALL"


class CandidateList(models.Model):
    """The frozen list file of a lot and its hashes; it never changes."""

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
    """Number those who passed in the order of their codes and store the list file (draw-protocol, 3.2)."""
    passed = list(
        lot.registrations.counted().filter(verdict="pass").select_related("organisation").order_by("organisation__uscc")
    )
    raw = candidates.write_list(candidates.Candidate(id=r.organisation.uscc, strata=(STRATUM,)) for r in passed)
    frozen = candidates.parse_list(raw, SUITE)
    for number, registration in enumerate(passed, 1):
        registration.number = number
    Registration.objects.bulk_update(passed, ["number"], batch_size=500)
    CandidateList.objects.create(
        lot=lot, file=raw.decode("ascii"), sha256=frozen.sha, root=frozen.root, n=frozen.n, published_at=lot.now()
    )
    rows = [{"number": r.number, "uscc": r.organisation.uscc, "name": r.organisation.name} for r in passed]
    return Frozen(n=frozen.n, sha256=frozen.sha, root=frozen.root, enterprises=rows)


def open_sealed(lot: Lot, act: Act) -> None:
    """Open the lot's sealed entries: from now on anyone can account for every one of them (integrity.md, 1.7)."""
    reveal.open_sealed(lot.code, act.at)
    sealed.close_secret_window(lot.code, act.at)

"""What a lot asks of who bids (资格条件): the numbered items that are examined, fixed with the notice.

Items are judged pass or fail, never scored (招标投标法 18; 招标投标法实施条例 18; 财政部令87号 17).
"""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Role, within
from trading.transitions import Act, Machine, act

OWNER = within(Role.OWNER, lambda record: record.lot.project.owner_id)
AGENCY = within(Role.AGENCY, lambda record: record.lot.project.agency_id)
CONDUCT = OWNER | AGENCY
CONFLICT = "RC"  # every list has this item without saying it: no conflict of interest
CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,15}")
BASIS = "招标投标法 18; 招标投标法实施条例 32"


class Requirements(Machine):
    """One lot's list of requirements; it may change until the notice states it."""

    noun = "requirements"
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="requirements")

    def __str__(self) -> str:
        return self.lot.name

    @act(
        "requirements.stated",
        source=["", "stated"],
        target="stated",
        may=CONDUCT,
        label=gettext_noop("State the requirements"),
    )
    def lay_down(self, act: Act, *, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """State what every bidder must prove; the whole list at once (招标投标法 18).

        `items`: [{"code": short name, "requirement": text, "evidence": what proves it}].
        """
        if is_fixed(self.lot):
            raise RuleError(
                gettext_noop("The notice is published; its requirements stand."),
                code="requirements_fixed",
                basis=BASIS,
                next_step=gettext_noop("Amend the documents, which moves the deadline where the law asks for it."),
            )
        rows = [(item["code"].strip().upper(), item["requirement"].strip(), item["evidence"].strip()) for item in items]
        _check_items(rows)
        act.then(lambda: self._store(rows))
        text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
        return {"items": len(rows), "sha256": hashlib.sha256(text.encode()).hexdigest()}

    def _store(self, rows: list[tuple[str, str, str]]) -> None:
        self.items.all().delete()
        QualificationItem.objects.bulk_create(
            QualificationItem(requirements=self, number=number, code=code, requirement=requirement, evidence=evidence)
            for number, (code, requirement, evidence) in enumerate(rows, 1)
        )


class QualificationItem(models.Model):
    """One requirement: its code, its text, and what proves it."""

    requirements = models.ForeignKey(Requirements, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(_("Code"), max_length=16)
    requirement = models.CharField(_("Requirement"), max_length=1000)
    evidence = models.CharField(_("Evidence"), max_length=300)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["requirements", "code"], name="a_requirement_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.requirement}"


def codes_of(lot: Lot) -> list[str]:
    """Return the codes of all items that are examined, the one on conflicts of interest last."""
    return [*QualificationItem.objects.filter(requirements__lot=lot).values_list("code", flat=True), CONFLICT]


def published(lot: Lot) -> list[dict[str, str]]:
    """Return the requirements as a notice says them."""
    rows = QualificationItem.objects.filter(requirements__lot=lot)
    return [{"code": one.code, "requirement": one.requirement, "evidence": one.evidence} for one in rows]


def check_stated(lot: Lot) -> None:
    """Refuse to publish a notice that asks nothing in particular."""
    if not QualificationItem.objects.filter(requirements__lot=lot).exists():
        raise RuleError(
            gettext_noop("No requirement of qualification is stated for this lot."),
            code="requirements_missing",
            basis=BASIS,
            next_step=gettext_noop("State the requirements, each with its evidence; then publish."),
        )


def is_fixed(lot: Lot) -> bool:
    """Say whether a notice has stated the requirements."""
    tender: Any = getattr(lot, "tender", None)
    reviews: Any = getattr(lot, "reviews", None)
    return (tender is not None and tender.state not in {"", "registered"}) or bool(
        reviews is not None and reviews.exclude(state="").exists()
    )


def _check_items(rows: list[tuple[str, str, str]]) -> None:
    codes = [code for code, _requirement, _evidence in rows]
    if not rows or any(not text for row in rows for text in row):
        raise RuleError(
            gettext_noop("Each requirement has a code, a text and its evidence."),
            code="requirement_incomplete",
            basis=BASIS,
        )
    wrong = [code for code in codes if not CODE.fullmatch(code) or code == CONFLICT or codes.count(code) > 1]
    if wrong:
        raise RuleError(
            gettext_noop("These codes stand twice, are reserved or are no codes: %(codes)s."),
            code="requirement_code_wrong",
            basis=BASIS,
            next_step=gettext_noop("Use capital letters and digits, each code once; RC is the platform's own."),
            codes=", ".join(sorted(set(wrong))),
        )

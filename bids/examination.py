"""The examination of one applicant or bidder: pass or fail on every requirement, with reason and evidence."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import conflicts, requirements
from bids.application import OFFICIALS, Application, revealed
from bids.registration import Verdict
from bids.requirements import CONFLICT
from trading import secrecy, unguessable
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Organisation, Role, within
from trading.transitions import Act, Machine, Power, act


class Stage(models.TextChoices):
    """When qualification is examined."""

    PRE = "pre", _("Before bids (prequalification)")
    POST = "post", _("After the opening (post-qualification)")


class Ground(models.TextChoices):
    """Why an item fails."""

    MISSING = "missing", _("Evidence is missing")
    EXPIRED = "expired", _("Evidence has expired")
    INSUFFICIENT = "insufficient", _("The requirement is not met")
    FALSE = "false", _("Evidence is false")
    CONFLICT = "conflict", _("Conflict of interest")
    BARRED = "barred", _("Barred or listed for serious breach of trust")
    OTHER = "other", _("Other")


def sits_on_committee(lot: Lot, person: Any) -> bool:
    """Say whether a person sits on the lot's evaluation committee and has declared no recusal (招标投标法 37)."""
    evaluation: Any = getattr(lot, "evaluation", None)
    return evaluation is not None and evaluation.members.filter(user=person, state="sitting").exists()


def owners_side_examines(record: Any) -> bool:
    """Say whether owner or agency record the findings: always before bids, after them in procurement (87号令 44)."""
    return record.stage == Stage.PRE or conflicts.is_procurement(record.lot)


def _side(role: str, organisation: str) -> Power:
    inside = within(role, lambda record: getattr(record.lot.project, organisation))
    return Power(role, lambda record, person: owners_side_examines(record) and inside(record, person))


COMMITTEE = Power(
    Role.EXPERT, lambda record, person: not owners_side_examines(record) and sits_on_committee(record.lot, person)
)
EXAMINER = _side(Role.OWNER, "owner_id") | _side(Role.AGENCY, "agency_id") | COMMITTEE


class ExaminationQuerySet(models.QuerySet["Examination"]):
    def visible_to(self, person: Any) -> "ExaminationQuerySet":
        """Return those of one's own project; each enterprise its own, once the review is settled.

        Officials see those of opened bids, and those before bids when the lot's secret time is over.
        """
        if not person.is_authenticated:
            return self.none()
        held = person.active_memberships()
        mine = [m.organisation_id for m in held if m.role == Role.BIDDER]
        conducted = [m.organisation_id for m in held if m.role in {Role.OWNER, Role.AGENCY}]
        rows = models.Q(organisation_id__in=mine, review__state__in=["settled", "failed"])
        rows |= models.Q(lot__project__owner_id__in=conducted) | models.Q(lot__project__agency_id__in=conducted)
        sits = person.committee_memberships.filter(state="sitting").values("evaluation__lot")
        rows |= models.Q(stage=Stage.POST, lot__in=sits)
        if person.roles() & OFFICIALS:
            rows |= models.Q(stage=Stage.POST) | revealed()
        return self.filter(rows)


class Examination(Machine):
    """One enterprise under examination in one review; `verdict` is given when the review is settled."""

    noun = "examination"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    review = models.ForeignKey("bids.Review", on_delete=models.PROTECT, related_name="examinations")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="examinations")
    stage = models.CharField(max_length=4, choices=Stage.choices)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("Enterprise"), on_delete=models.PROTECT, related_name="examinations"
    )
    application = models.OneToOneField(Application, on_delete=models.PROTECT, null=True, related_name="examination")
    partners = models.JSONField(default=list)
    manager_certificate = models.CharField(max_length=64, blank=True)
    verdict = models.CharField(_("Finding"), max_length=4, choices=Verdict.choices, blank=True, editable=False)

    objects = ExaminationQuerySet.as_manager()

    class Meta:
        ordering = ("organisation__uscc",)
        constraints = [models.UniqueConstraint(fields=["review", "organisation"], name="one_examination_an_enterprise")]

    def __str__(self) -> str:
        return self.organisation.name

    @act(
        "examination.found",
        source=["waiting", "examined"],
        target="examined",
        may=EXAMINER,
        label=gettext_noop("Record the findings"),
    )
    def find(self, act: Act, *, findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Record pass or fail on items; a later finding on an item replaces the earlier (招标投标法实施条例 18, 51).

        `findings`: [{"item", "verdict", "ground", "reason", "evidence"}]. A fail needs ground, reason and evidence.
        """
        if self.stage == Stage.PRE:
            act.seal()
        if self.review.state != "open":
            raise RuleError(
                gettext_noop("The review is not open; its findings stand."),
                code="review_not_open",
                basis="招标投标法 18",
            )
        known = set(requirements.codes_of(self.lot))
        rows = [self._finding(act, row, known) for row in findings]
        ItemFinding.objects.bulk_create(
            {row.item: row for row in rows}.values(),
            update_conflicts=True,
            unique_fields=["examination", "item"],
            update_fields=["verdict", "ground", "reason", "evidence", "examiner", "at"],
        )
        said = [[r.item, r.verdict, r.ground, r.reason, r.evidence] for r in rows]
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        return {"role": act.role, "count": len(rows), "sha256": hashlib.sha256(text.encode()).hexdigest()}

    def secret_scope(self) -> str:
        """Seal what a committee finds as long as it is secret: its members act under their names (招标投标法 37)."""
        return "" if owners_side_examines(self) else secrecy.scope_of(self.lot)

    def entrant(self) -> conflicts.Entrant:
        """Return who is examined, as the rules on conflicts take it."""
        pairs = tuple((one["uscc"], one["name"]) for one in self.partners)
        return conflicts.Entrant(self.organisation, pairs, self.manager_certificate)

    def shown_to(self, person: Any) -> list[dict[str, Any]]:
        """Return the conflicts for whoever examines or supervises; they name others, so not for the enterprise."""
        conducts = any(m.role in {Role.OWNER, Role.AGENCY, *OFFICIALS} for m in person.active_memberships())
        return self.shown() if conducts else []

    def shown(self) -> list[dict[str, Any]]:
        """Return the conflicts that the register showed of this one, for the examiner."""
        return [one for one in self.review.conflicts if self.organisation.uscc in one["bidders"]]

    def _finding(self, act: Act, row: dict[str, Any], known: set[str]) -> "ItemFinding":
        item, verdict = row["item"].strip().upper(), Verdict(row["verdict"])
        reason, evidence, ground = row.get("reason", "").strip(), row.get("evidence", "").strip(), row.get("ground", "")
        if item not in known:
            raise RuleError(
                gettext_noop("%(item)s is no requirement of this lot."), code="unknown_requirement", item=item
            )
        if verdict == Verdict.FAIL and not (reason and evidence and ground):
            raise RuleError(
                gettext_noop("A fail needs its ground, its reason and where the evidence stands."),
                code="reason_missing",
                basis="招标投标法实施条例 51; 财政部令87号 44",
            )
        if verdict == Verdict.PASS and item == CONFLICT:
            _check_conflicts(self.shown(), reason)
        return ItemFinding(
            examination=self,
            item=item,
            verdict=verdict,
            ground=Ground(ground) if ground else "",
            reason=reason,
            evidence=evidence,
            examiner=act.by,
            at=act.at,
        )


class ItemFinding(models.Model):
    """One verdict on one requirement of one enterprise, and who gave it when."""

    examination = models.ForeignKey(Examination, on_delete=models.PROTECT, related_name="findings")
    item = models.CharField(max_length=16)
    verdict = models.CharField(max_length=4, choices=Verdict.choices)
    ground = models.CharField(max_length=12, choices=Ground.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    examiner = models.ForeignKey("trading.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["examination", "item"], name="one_finding_an_item")]

    def __str__(self) -> str:
        return f"{self.item}: {self.verdict}"


def _check_conflicts(shown: list[dict[str, Any]], reason: str) -> None:
    """Refuse to pass over what the register shows; what it only suggests needs the examiner's reason."""
    certain = [one for one in shown if one["certain"]]
    if certain:
        raise RuleError(
            gettext_noop("The register shows a conflict of interest: %(rules)s."),
            code="conflict_stands",
            basis=certain[0]["basis"],
            next_step=gettext_noop("Fail this item, or have the register corrected first."),
            rules=", ".join(sorted({one["rule"] for one in certain})),
        )
    if shown and not reason:
        raise RuleError(
            gettext_noop("The register suggests a conflict (%(rules)s); say why it is none."),
            code="reason_missing",
            basis=shown[0]["basis"],
            rules=", ".join(sorted({one["rule"] for one in shown})),
        )

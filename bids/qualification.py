"""Qualification (资格审查) of registrants by the owner and the supervisor together, with reasons."""

import hashlib
import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from bids import grounds, ties
from bids.registration import Registration, RegistrationWindow, Verdict
from trading.document import Document
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Role, anywhere, within
from trading.transitions import Act, Machine, act

OWNER = within(Role.OWNER, lambda qualification: qualification.lot.project.owner_id)
SUPERVISOR = anywhere(Role.SITE_SUPERVISOR)
EXAMINERS = (Role.OWNER, Role.SITE_SUPERVISOR)


class Qualification(Machine):
    """The examination of one lot's registrants: open until both examiners have found on everybody, then settled."""

    noun = "qualification"
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="qualification")
    round = models.PositiveSmallIntegerField(default=1, editable=False)

    def __str__(self) -> str:
        return self.lot.name

    @act("qualification.opened", source="", target="open", may=OWNER, label=gettext_noop("Begin the qualification"))
    def open(self, act: Act) -> dict[str, Any]:
        """Begin once registration has closed; until then nobody may see who registered (招标投标法 22)."""
        window = RegistrationWindow.objects.filter(lot=self.lot).first()
        if window is None or self.lot.now() < window.closes_at:
            raise RuleError(
                gettext_noop("Registration is still open."), code="registration_still_open", basis="招标投标法 22"
            )
        act.then(lambda: Document.objects.release(self.lot, act.at))
        return {}

    @act(
        "qualification.found",
        source="open",
        target="open",
        may=OWNER | SUPERVISOR,
        label=gettext_noop("Record findings"),
    )
    def find(self, act: Act, *, findings: list[dict[str, Any]]) -> dict[str, Any]:
        """Record verdicts with reasons, as owner or as supervisor.

        A later finding of the same examiner replaces the earlier.

        `findings`: [{"registration": id, "verdict": "pass"|"fail", "reason": text}]. A fail needs its reason; a pass
        is refused where the register shows a ground for exclusion. Where another registration names the same project
        manager a pass needs its reason too, whose the certificate is (招标投标法实施条例 40(3)).
        """
        act.seal()
        registered = self.lot.registrations.counted().select_related("organisation")
        standing = {r.pk: r for r in registered.prefetch_related("organisation__sanctions")}
        found = (self._finding(act, row, standing) for row in findings)
        rows = list({row.registration_id: row for row in found}.values())  # of two on one, the later
        passing = [standing[row.registration_id] for row in rows if row.verdict == Verdict.PASS]
        grounds.check(self.lot, passing, gettext_noop("Fail the registration with this ground."))
        unexplained = [standing[row.registration_id] for row in rows if row.verdict == Verdict.PASS and not row.reason]
        ties.check_managers(unexplained, standing.values())
        Finding.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["registration", "role"],
            update_fields=["round", "verdict", "reason", "examiner", "at"],
        )
        text = json.dumps(
            [[r.registration_id, r.verdict, r.reason] for r in rows], ensure_ascii=False, separators=(",", ":")
        )
        return {"role": act.role, "count": len(rows), "sha256": hashlib.sha256(text.encode()).hexdigest()}

    @act(
        "qualification.settled",
        source="open",
        target="settled",
        may=SUPERVISOR,
        label=gettext_noop("Settle the qualification"),
    )
    def settle(self, act: Act) -> dict[str, Any]:
        """Close the examination: who passed with both examiners passes; nobody is left without two findings.

        What was found before it was reopened does not count.
        Refused while those who would pass are tied to each other or to the project (招标投标法实施条例 34), or a ground
        for exclusion has arisen since they were examined.
        """
        act.seal()
        registered = self.lot.registrations.counted().select_related("organisation")
        standing = list(registered.prefetch_related("findings", "organisation__sanctions"))
        undecided = [
            r for r in standing if {f.role for f in r.findings.all() if f.round == self.round} != set(EXAMINERS)
        ]
        if undecided:
            raise RuleError(
                gettext_noop("%(count)s registrations lack the finding of the owner or of the supervisor."),
                code="findings_incomplete",
                basis="固定价比选 操作规程: 资格审查",
                next_step=gettext_noop("Both examiners must find on every registration."),
                count=len(undecided),
            )
        for registration in standing:
            failed = [f for f in registration.findings.all() if f.verdict == Verdict.FAIL]
            registration.verdict = Verdict.FAIL if failed else Verdict.PASS
            registration.reason = "; ".join(f.reason for f in failed)[:300]
        passed = [r for r in standing if r.verdict == Verdict.PASS]
        ties.check(self.lot, passed)
        grounds.check(self.lot, passed, gettext_noop("Find anew: fail the registration with this ground."))
        Registration.objects.bulk_update(standing, ["verdict", "reason"], batch_size=500)
        return {"passed": len(passed), "failed": len(standing) - len(passed)}

    @act(
        "qualification.reopened",
        source="settled",
        target="open",
        may=SUPERVISOR,
        label=gettext_noop("Reopen the qualification"),
    )
    def reopen(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Examine everybody again, both anew, where something came to light (招标投标法实施条例 34, 51)."""
        if not reason.strip():
            raise RuleError(gettext_noop("Say why the qualification is reopened."), code="reason_missing")
        if self.is_final():
            raise RuleError(
                gettext_noop("The list or the failure has been published; the qualification stands."),
                code="qualification_final",
                basis="固定价比选 操作规程: 资格审查",
                next_step=gettext_noop("Object to the list, or complain to the sector regulator."),
            )
        act.seal()
        self.round += 1
        self.lot.registrations.counted().update(verdict="", reason="")
        return {"reason": reason}

    def is_final(self) -> bool:
        """Say whether the list, or that there will be none, has been published."""
        return self.lot.procedure is None or self.lot.procedure.state != "qualifying"

    def _finding(self, act: Act, row: dict[str, Any], standing: dict[int, Registration]) -> "Finding":
        registration = standing.get(row["registration"])
        if registration is None:
            raise RuleError(
                gettext_noop("Registration %(number)s is not one of this lot."),
                code="foreign_registration",
                number=row["registration"],
            )
        verdict, reason = Verdict(row["verdict"]), row.get("reason", "").strip()
        if verdict == Verdict.FAIL and not reason:
            raise RuleError(
                gettext_noop("A fail needs its reason."),
                code="reason_missing",
                basis="招标投标法实施条例 51",
                next_step=gettext_noop("State the reason and the evidence."),
            )
        who = {"registration": registration, "role": act.role, "examiner": act.by, "at": act.at}
        return Finding(**who, round=self.round, verdict=verdict, reason=reason)


class Finding(models.Model):
    """One examiner's verdict on one registration, of the newest round in which it was examined."""

    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="findings")
    role = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField(default=1)
    verdict = models.CharField(max_length=4, choices=Verdict.choices)
    reason = models.CharField(max_length=300, blank=True)
    examiner = models.ForeignKey("trading.User", on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["registration", "role"], name="one_finding_an_examiner")]

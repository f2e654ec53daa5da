"""An expert of the library (评标专家): the keeper's decision on an application, and what happens to the entry after it.

The regulator keeps the library; the centre may recommend and never decides (管办分离: 招标投标法实施条例 5, 45).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from experts import application, facts, identity, specialities
from experts.application import Tie
from experts.entry import BASIS, SELF, Entry, Returned, coded, rename
from experts.facts import Leave, Suspension
from experts.personal import Personal
from trading import clock, holiday_notice, limits
from trading.errors import InvalidInput, RuleError
from trading.party import Role, User, anywhere
from trading.rules import table
from trading.transitions import THE_CLOCK, Act, act

KEEPER = anywhere(Role.SECTOR_REGULATOR)
PENALTIES = "招标投标法 56; 招标投标法实施条例 71, 72; 政府采购法实施条例 75"


class Misconduct(models.TextChoices):
    ABSENT = "absent", _("Absent or late without cause")
    LEAK = "leak", _("Told what must stay secret")
    NO_RECUSAL = "no_recusal", _("Did not withdraw though bound to")
    WRONG_EVALUATION = "wrong_evaluation", _("Did not evaluate by the published method")
    BRIBERY = "bribery", _("Took an advantage from a party")
    REVIEW = "review", _("Under investigation")
    FALSE_APPLICATION = "false_application", _("Applied with false papers")


class Expert(Entry):
    """One person's entry in the library of evaluation experts."""

    noun = "expert"

    class Meta:
        indexes = [models.Index(fields=["state", "region"], name="expert_state_region")]

    @property
    def suspension(self) -> Suspension | None:
        """The suspension that runs."""
        return next((one for one in self.suspensions.all() if one.ended_on is None), None)

    # The keeper

    @act("expert.admitted", source="applied", target="active", may=KEEPER, label=gettext_noop("Admit to the library"))
    def admit(self, act: Act) -> dict[str, Any]:
        """Admit who has what the law asks; the entry is drawn from after a cooling period (招标投标法 37; X03)."""
        today, calendar = clock.local_date(act.at), holiday_notice.calendar()
        application.check_experience(self.field_since or today, today, calendar=calendar)
        application.check_age(self.personal.born_on, today, calendar=calendar)
        cooled = today if self.rehearsal else limits.due(application.COOLING, today, calendar=calendar).day
        self.admitted_on, self.drawable_on = today, cooled
        return self._said({"drawable_on": cooled.isoformat()})

    @act(
        "expert.returned", source="applied", target="returned", may=KEEPER, label=gettext_noop("Return the application")
    )
    def send_back(self, act: Act, *, reason: str) -> dict[str, Any]:
        """Return an application with its reason; it can be corrected (评标专家和评标专家库管理办法)."""
        self.returned_for = Returned(reason)
        return self._said({"reason": self.returned_for})

    @act("expert.suspended", source="active", target="suspended", may=KEEPER, label=gettext_noop("Suspend the expert"))
    def suspend(self, act: Act, *, reason: str, basis: str, decision_no: str, until: date) -> dict[str, Any]:
        """Keep the expert out of draws until a day (招标投标法实施条例 71; 政府采购法实施条例 75)."""
        today = clock.local_date(act.at)
        if until < today:
            raise InvalidInput(
                gettext_noop("A suspension ends today or later."), code="suspension_days_wrong", basis=PENALTIES
            )
        said = {"reason": Misconduct(reason).value, "basis": basis, "decision_no": decision_no}
        act.then(lambda: Suspension.objects.create(expert=self, starts_on=today, ends_on=until, **said))
        return self._said({**said, "until": until.isoformat()})

    @act(
        "expert.resumed",
        source="suspended",
        target="active",
        may=KEEPER | THE_CLOCK,
        label=gettext_noop("End the suspension"),
    )
    def resume(self, act: Act) -> dict[str, Any]:
        """Let the expert be drawn again: by the clock after the last day, or earlier by the keeper's decision."""
        today, running = clock.local_date(act.at), self.suspension
        if act.by is None and running is not None and today <= running.ends_on:
            raise RuleError(
                gettext_noop("The suspension runs until %(until)s."),
                code="suspension_runs",
                basis=running.basis,
                until=running.ends_on.isoformat(),
            )
        act.then(lambda: self.suspensions.filter(ended_on=None).update(ended_on=today))
        return self._said({})

    @act(
        "expert.removed",
        source=["active", "suspended"],
        target="removed",
        may=KEEPER,
        label=gettext_noop("Remove from the library"),
    )
    def remove(self, act: Act, *, reason: str, basis: str, decision_no: str) -> dict[str, Any]:
        """Remove the expert for good (除名: 招标投标法 56; 招标投标法实施条例 72); the person cannot apply again."""
        self.drawable_on = None
        return self._said({"reason": Misconduct(reason).value, "basis": basis, "decision_no": decision_no})

    @act(
        "expert.specialities_set",
        source="active",
        target="active",
        may=KEEPER,
        label=gettext_noop("Set the specialities"),
    )
    def set_specialities(self, act: Act, *, codes: Sequence[str]) -> dict[str, Any]:
        """Recognise the specialities anew, on proof (招标投标法实施条例 45; X04)."""
        today = clock.local_date(act.at)
        wanted = specialities.check(codes, today, most=table.find(application.SPECIALITIES, today).count)
        act.then(lambda: facts.hold(self, wanted, today))
        return self._said({})

    @act(
        "expert.account_bound",
        source=["applied", "active", "suspended"],
        target=None,
        may=KEEPER,
        label=gettext_noop("Give the expert an account"),
    )
    def bind(self, act: Act, *, account: User) -> dict[str, Any]:
        """Let a recommended expert act through an account of the role expert (GB/T 22239 8.1.4.1)."""
        if Role.EXPERT not in account.roles() or Expert.objects.filter(user=account).exists() or self.user_id:
            raise RuleError(
                gettext_noop("The account must hold the role of an expert and belong to no other entry."),
                code="account_unsuitable",
                basis="GB/T 22239-2019 8.1.4.1",
                next_step=gettext_noop("Let the security administrator give the role first."),
            )
        self.user = account
        act.then(lambda: rename(account, self.personal))
        return self._said({})

    # The expert

    @act(
        "expert.leave_taken",
        source="active",
        target="active",
        may=SELF,
        label=gettext_noop("Take leave from evaluation"),
    )
    def take_leave(self, act: Act, *, starts_on: date, ends_on: date) -> dict[str, Any]:
        """Say on which days not to be drawn (请假: 评标专家和评标专家库管理办法)."""
        act.hide()
        if starts_on < clock.local_date(act.at) or ends_on < starts_on:
            raise InvalidInput(
                gettext_noop("A leave begins today or later and ends no earlier than it begins."),
                code="leave_days_wrong",
                basis=BASIS,
            )
        if self.leaves.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).exists():
            raise RuleError(
                gettext_noop("You are on leave on some of these days already."),
                code="leave_overlaps",
                basis=BASIS,
                next_step=gettext_noop("Choose days outside of it, or end it first."),
            )
        act.then(lambda: Leave.objects.create(expert=self, starts_on=starts_on, ends_on=ends_on))
        return self._said({})

    @act("expert.leave_ended", source="active", target="active", may=SELF, label=gettext_noop("End my leave"))
    def end_leave(self, act: Act) -> dict[str, Any]:
        """Come back today, and give up leaves that have not begun (评标专家和评标专家库管理办法)."""
        act.hide()
        today = clock.local_date(act.at)
        standing = self.leaves.filter(ends_on__gte=today)
        if not standing.exists():
            raise RuleError(gettext_noop("You are not on leave."), code="not_on_leave", basis=BASIS)
        act.then(lambda: _come_back(self, today))
        return self._said({})

    @act(
        "expert.employer_changed",
        source=["active", "suspended"],
        target=None,
        may=SELF | KEEPER,
        label=gettext_noop("Change the employer"),
    )
    def move(self, act: Act, *, employer: Tie) -> dict[str, Any]:
        """Say where the expert works now; the employer before stays on record for recusal (政府采购法实施条例 9)."""
        _hide_own(act)
        application.check_tie(employer, clock.local_date(act.at))
        known = coded(employer)
        act.then(lambda: facts.employ(self, known))
        return self._said({})

    @act(
        "expert.relations_declared",
        source=["active", "suspended"],
        target=None,
        may=SELF | KEEPER,
        label=gettext_noop("Declare relations"),
    )
    def declare(self, act: Act, *, ties: Sequence[Tie]) -> dict[str, Any]:
        """Declare ties to organisations, one's own and of near relatives (招标投标法 37; 政府采购法实施条例 9)."""
        _hide_own(act)
        today = clock.local_date(act.at)
        for tie in ties:
            application.check_tie(tie, today)
        known = [coded(tie) for tie in ties]
        act.then(lambda: facts.tie(self, known))
        return self._said({})

    @act(
        "expert.contact_changed",
        source=["active", "suspended"],
        target=None,
        may=SELF,
        label=gettext_noop("Change telephone, account or e-mail"),
    )
    def change_contact(self, act: Act, *, phone: str = "", bank_account: str = "", email: str = "") -> dict[str, Any]:
        """Correct one's own data; what is left empty stays (个人信息保护法 46)."""
        act.hide()
        was = self.personal
        self._seal(
            Personal(
                name=was.name,
                id_number=was.id_number,
                phone=identity.check_phone(phone) if phone else was.phone,
                bank_account=identity.plain(bank_account) or was.bank_account,
                email=email or was.email,
            )
        )
        return self._said({})

    @act(
        "expert.left",
        source=["applied", "returned", "active"],
        target="left",
        may=SELF,
        label=gettext_noop("Leave the library"),
    )
    def leave(self, act: Act) -> dict[str, Any]:
        """Leave of one's own will (评标专家和评标专家库管理办法); one may apply again."""
        act.hide()
        self.drawable_on = None
        return self._said({})


def _hide_own(act: Act) -> None:
    if act.role == Role.EXPERT:
        act.hide()


def _come_back(expert: Expert, today: date) -> None:
    expert.leaves.filter(starts_on__gte=today).delete()
    expert.leaves.filter(ends_on__gte=today).update(ends_on=today)

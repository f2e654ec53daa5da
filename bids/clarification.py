"""Clarification (澄清、答疑): questions on the tender documents and their answers, in public, the asker hidden.

Only who took the documents asks. Nobody learns who asked, neither from the question nor from the ledger. An answer that
changes what is required is an amendment, with its files and its check of the deadline.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from unicodedata import normalize

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import tender_announcements, tender_documents
from bids.taking import Taking
from trading import clock, unguessable
from trading.document import Document
from trading.errors import RuleError
from trading.lot import Lot
from trading.notice import Kind
from trading.party import Organisation, Role, within
from trading.transitions import Act, Machine, act, perform

BIDDER = within(Role.BIDDER, lambda question: question.organisation_id)
CONDUCT = within(Role.OWNER, lambda question: question.lot.project.owner_id) | within(
    Role.AGENCY, lambda question: question.lot.project.agency_id
)
BASIS = "招标投标法 22, 23; 招标投标法实施条例 21"
FORMS = re.compile(r"(股份)?有限(责任)?公司$|集团$")
SHORTEST = 4  # characters of a name without its legal form that tell who it is


class Question(Machine):
    """One question and its answer; `organisation` is shown to nobody."""

    noun = "question"
    id = models.BigIntegerField(primary_key=True, default=unguessable.identifier, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="questions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("Question"), max_length=2000)
    asked_on = models.DateField(_("Asked on"), editable=False)
    reply = models.TextField(_("Answer"), max_length=4000, blank=True, editable=False)
    replied_on = models.DateField(_("Answered on"), null=True, editable=False)
    changed_to = models.PositiveIntegerField(_("Version of the documents that it made"), null=True, editable=False)

    class Meta:
        ordering = ("asked_on", "pk")

    def __str__(self) -> str:
        return f"{self.lot.name} · {self.text[:40]}"

    @act("question.asked", source="", target="asked", may=BIDDER, label=gettext_noop("Ask about the documents"))
    def ask(self, act: Act) -> dict[str, Any]:
        """Ask in public without being named; only who took the documents, before the deadline (招标投标法 22, 23)."""
        act.seal()
        self._check_time(self.lot.at(act.arrived))
        if not Taking.objects.filter(lot=self.lot, organisation=self.organisation).exists():
            raise RuleError(
                gettext_noop("Take the tender documents first; then ask about them."),
                code="documents_not_taken",
                basis=BASIS,
            )
        if names(self.text, self.organisation):
            raise RuleError(
                gettext_noop("The question names your own enterprise; everybody can read it."),
                code="asker_named",
                basis=BASIS,
                next_step=gettext_noop("Ask without a name, a code or anything else that tells who you are."),
            )
        self.asked_on = clock.local_date(self.lot.now())
        act.hide()
        return {"text": self.text}

    @act("question.answered", source="asked", target="answered", may=CONDUCT, label=gettext_noop("Answer the question"))
    def answer(
        self,
        act: Act,
        *,
        reply: str,
        changes_documents: bool = False,
        documents: Sequence[Document] = (),
        deadline: datetime | None = None,
    ) -> dict[str, Any]:
        """Answer in public, to everybody who took the documents (招标投标法 23; 招标投标法实施条例 21).

        What changes the documents comes with the changed files, at least 15 days before the deadline, or moves it.
        """
        tender = self.lot.tender
        self._check_time(self.lot.now())
        self._check_amendment(given=bool(documents) or deadline is not None, wanted=changes_documents)
        said = f"问：{self.text}\n答：{reply}"
        if changes_documents:
            perform(tender.amend, by=act.by, documents=documents, changes=said, deadline=deadline)
            self.changed_to = tender_documents.newest(self.lot)
        else:
            content = {"project": self.lot.project.name, "lot": self.lot.code, "question": self.text, "reply": reply}
            tender_announcements.publish(act, self.lot, Kind.OTHER, content)
        self.reply, self.replied_on = reply, clock.local_date(self.lot.now())
        return {"question": self.text, "reply": reply, "changed_to": self.changed_to}

    def _check_time(self, moment: datetime) -> None:
        tender = getattr(self.lot, "tender", None)
        if tender is None or not tender.takes_bids(moment):
            raise RuleError(
                gettext_noop("Questions are asked and answered while bids are taken."),
                code="not_the_time_to_ask",
                basis=BASIS,
            )

    def _check_amendment(self, *, given: bool, wanted: bool) -> None:
        if given != wanted:
            raise RuleError(
                gettext_noop("Changed documents and an answer that changes them come together."),
                code="amendment_missing",
                basis=BASIS,
                next_step=gettext_noop("Say that the answer changes the documents and name the changed files."),
            )


def names(text: str, organisation: Organisation) -> bool:
    """Say whether a text names an organisation: its name, with or without the legal form, its code or its head."""
    read = bare(text)
    short = bare(FORMS.sub("", organisation.name))
    tells = [bare(organisation.uscc), bare(organisation.name), short if len(short) >= SHORTEST else ""]
    return any(word in read for word in (*tells, bare(organisation.responsible_person)) if len(word) > 1)


def bare(text: str) -> str:
    """Return a text as it is compared: one width, one case, letters and digits only."""
    return "".join(c for c in normalize("NFKC", text).casefold() if c.isalnum())

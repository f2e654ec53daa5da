"""The evaluation method (评标办法) of a lot: stated before the notice, fixed by it, changed by an amendment alone.

The documents state every standard and method of the evaluation, and nothing else may decide (招标投标法 19, 40;
招标投标法实施条例 49; 财政部令第87号 20). Every published version stays, with its hash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from bids import method_draw, method_rules, method_words
from bids.evaluation.document import Document as Terms
from bids.method_words import Line
from bids.requirements import CONDUCT
from trading import clock
from trading.document import Document
from trading.draws import wire
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Role, anywhere
from trading.session import Session
from trading.transitions import Act, Machine, act, perform

BASIS = "招标投标法 19, 40; 招标投标法实施条例 49; 财政部令第87号 20"


class Method(Machine):
    """One lot's method in its versions; `terms` are the document of an evaluation without bids, lot and ceiling."""

    noun = "method"
    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, related_name="method")

    versions: models.Manager["MethodVersion"]

    def __str__(self) -> str:
        return self.lot.name

    @property
    def current(self) -> "MethodVersion":
        """Return the version that counts. Raises RuleError where none is stated."""
        return standing(self.lot)

    @property
    def document(self) -> dict[str, Any]:
        """Return the document of `manage.py evaluate` without bids and without what is drawn."""
        found: dict[str, Any] = self.current.document
        return found

    @act(
        "method.stated",
        source=["", "stated"],
        target="stated",
        may=CONDUCT,
        label=gettext_noop("State the evaluation method"),
    )
    def lay_down(self, act: Act, *, terms: Mapping[str, Any], drawn: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """State how bids will be evaluated, the whole method at once (招标投标法 19; 财政部令第87号 20).

        `drawn`: {"when": before or after the reading out, "parameters": [{"name", "values"}]}, drawn by the selector.
        """
        if is_fixed(self.lot):
            raise RuleError(
                gettext_noop("The notice is published; its evaluation method stands."),
                code="method_frozen",
                basis=BASIS,
                next_step=gettext_noop("Amend the documents with the method, which keeps both versions."),
            )
        version = self._version(1, terms, drawn)
        act.then(lambda: self._restate(version))
        return version.facts()

    @act(
        "method.amended",
        source="stated",
        target="stated",
        may=CONDUCT,
        label=gettext_noop("Change the evaluation method by an amendment"),
    )
    def amend(  # the method, and the amendment that publishes it
        self,
        act: Act,
        *,
        terms: Mapping[str, Any],
        documents: Sequence[Document],
        changes: str,
        drawn: Mapping[str, Any] | None = None,
        deadline: datetime | None = None,
    ) -> dict[str, Any]:
        """Publish another method with changed documents, as any amendment (招标投标法 23; 招标投标法实施条例 21)."""
        before = self.current
        version = self._version(before.number + 1, terms, drawn)
        if version.sha256 == before.sha256:
            raise RuleError(
                gettext_noop("This method is the one that stands."),
                code="method_unchanged",
                basis=BASIS,
                next_step=gettext_noop("Change what differs, or amend the documents alone."),
            )
        version.save()
        perform(self.lot.tender.amend, by=act.by, documents=documents, changes=changes, deadline=deadline)
        return {**version.facts(), "before": before.sha256}

    @act(
        "method.draw_begun",
        source="stated",
        target="stated",
        may=anywhere(Role.CENTRE_STAFF),
        label=gettext_noop("Draw the parameters of the method"),
    )
    def draw(self, act: Act, *, session: Session, beacon: dict[str, Any]) -> dict[str, Any]:
        """Begin the public draw of what the method leaves to it, at the published moment (招标投标法 40).

        Once the bids are fixed, before or after they are read out; in a draw session of the lot, before witnesses.
        """
        version = self.current
        made = method_draw.begin(act, version, session, beacon)
        return {"draw_id": made.draw_id, "session": session.pk, "sha256": version.sha256}

    def _version(self, number: int, terms: Mapping[str, Any], drawn: Mapping[str, Any] | None) -> "MethodVersion":
        """Return a lawful version, not stored yet."""
        case = case_of(self.lot)
        method_rules.check(case, terms, drawn or {})
        document, told = method_rules.stated(case, terms), dict(drawn or {})
        digest = hashlib.sha256(content(document, told)).hexdigest()
        made_at = self.lot.now()
        return MethodVersion(
            method=self, number=number, document=document, drawn=told, sha256=digest, stated_at=made_at
        )

    def _restate(self, version: "MethodVersion") -> None:
        self.versions.all().delete()
        version.method = self
        version.save()


class MethodVersion(models.Model):
    """One version of a method, which never changes once a notice has stated it."""

    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("Version"))
    document = models.JSONField(_("Evaluation method"))
    drawn = models.JSONField(_("Drawn parameters"), default=dict, blank=True)
    sha256 = models.CharField(max_length=64)
    stated_at = models.DateTimeField(_("Stated at"), default=clock.now)

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["method", "number"], name="a_method_version_once")]

    def __str__(self) -> str:
        return f"{self.method} {self.number}"

    @property
    def content(self) -> bytes:
        """Return the file whose SHA-256 the notice states."""
        return content(self.document, self.drawn)

    def facts(self) -> dict[str, Any]:
        """Return the version as notice and ledger name it."""
        return {"version": self.number, "method": self.document["method"], "sha256": self.sha256}

    def read(self) -> Terms:
        """Return the method as the engine reads it, before there are bids, a value in the place of what is drawn."""
        return method_rules.read(next(iter(method_rules.variants(self.document, self.drawn))))

    def lines(self) -> list[Line]:
        """Return the method in words."""
        return method_words.lines(self.read(), self.drawn, self.method.lot.kind)


def content(document: Mapping[str, Any], drawn: Mapping[str, Any]) -> bytes:
    """Return the one form of a method: canonical JSON, what is drawn beside what is fixed."""
    return wire.canonical({"document": dict(document), "drawn": dict(drawn)})


def case_of(lot: Lot) -> method_rules.Case:
    """Return what the law looks at in a lot."""
    tender: Any = getattr(lot, "tender", None)
    ceiling = tender.price_ceiling if tender else None
    return method_rules.Case(lot.code, lot.kind, lot.project.category, ceiling, clock.local_date(lot.now()))


def current(lot: Lot) -> MethodVersion | None:
    """Return the version that counts of a lot's method, None where none is stated."""
    return MethodVersion.objects.filter(method__lot=lot).select_related("method__lot").order_by("number").last()


def standing(lot: Lot) -> MethodVersion:
    """Return the version that counts; refuse to go on where nobody has said how bids are evaluated."""
    version = current(lot)
    if version is None:
        raise RuleError(
            gettext_noop("No evaluation method is stated for this lot."),
            code="method_missing",
            basis=BASIS,
            next_step=gettext_noop("State the evaluation method; then publish."),
        )
    return version


def published(lot: Lot) -> dict[str, Any]:
    """Return the method as a notice says it: in words of both languages, and the hash of its file."""
    version = current(lot)
    if version is None:
        return {}
    lines = version.lines()
    return {
        "method": "\n".join(line.zh for line in lines),
        "method_en": "\n".join(line.en for line in lines),
        "method_version": version.number,
        "method_sha256": version.sha256,
    }


def document_of(lot: Lot, bids: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the whole document of the evaluation: the published method, what was drawn, and the bids.

    Raises RuleError: method_missing; parameters_not_drawn while the selector has not drawn what the method names.
    """
    version = standing(lot)
    out = [str(bid["id"]) for bid in bids if bid.get("effective") is False]
    terms = method_rules.with_drawn(version.document, method_draw.drawn_of(lot, version.document, version.drawn, out))
    return {**terms, "bids": [dict(bid) for bid in bids]}


def is_drawn(lot: Lot) -> bool:
    """Say whether nothing is left to draw of what the method draws."""
    version = current(lot)
    return version is None or method_draw.is_done(lot, version.drawn)


def check_drawn_before_reading(lot: Lot) -> None:
    """Refuse to read bids out before the parameters that the method draws before it."""
    version = current(lot)
    if version is not None and version.drawn.get("when") == "before_reading":
        method_draw.drawn_of(lot, version.document, version.drawn, ())


def is_fixed(lot: Lot) -> bool:
    """Say whether a notice has stated the method."""
    tender: Any = getattr(lot, "tender", None)
    return tender is not None and tender.state not in {"", "registered"}

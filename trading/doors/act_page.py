"""The page of one act: its form, then the same act as in the API, then back to the record; nothing typed is lost."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from trading import idempotency
from trading.doors import problems
from trading.doors.door import Door, refused, said_of
from trading.doors.fields import Input
from trading.doors.forms import KEY, VERSION, InputForm, new_key, sent, typed_back
from trading.doors.show import facts_of, standing
from trading.errors import RuleError, StaleVersion
from trading.idempotency import Answer

WAIT_S = 5.0  # how long a second click waits for the first one's answer
ARTICLES = re.compile(r"[(（]([^()（）]*[\u4e00-\u9fff][^()（）]*)[)）]")


class Invalid(Exception):
    """What was typed has the wrong shape; the form says where."""


@dataclass(frozen=True)
class ActPage:
    """One visit to the page of an act; `record` is None where the act creates one."""

    request: HttpRequest
    door: Door
    act: str
    record: Any = None

    def answer(self) -> HttpResponse:
        """Show the form, or perform what it says."""
        if self.request.method != "POST":
            named = self.request.GET.dict()
            known = self.kind.known_of(self.record) if self.record else self.kind.proposed(self.request.user, named)
            return self.shown(self.form(initial={**known, **named}))
        form = self.form(data=self.request.POST, files=self.request.FILES)
        try:
            answer = self.once(form)
        except Invalid:
            return self.shown(form, status=400)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.shown(form, status=400)
        except RuleError as error:
            form.add_error(None, problems.sentence(error))
            return self.shown(form, error=error, status=error.status)
        messages.success(self.request, answer.body["message"])
        return HttpResponseRedirect(answer.body["location"])

    def without_power(self) -> HttpResponse:
        """Send a visitor to the sign-in; refuse everybody else."""
        if not self.request.user.is_authenticated:
            return redirect_to_login(self.request.get_full_path())
        raise refused(getattr(self.door.model, self.act).act["label"])

    @property
    def kind(self) -> type[Input]:
        return self.door.input_of(self.act, new=self.record is None)

    def form(self, **options: Any) -> InputForm:
        return InputForm(self.kind, self.request.user, **options)

    def once(self, form: InputForm) -> Answer:
        """Perform once for the key that the form carries: a double click has one effect."""
        return idempotency.once(
            self.request.POST.get(KEY, ""),
            owner=idempotency.owner_of(self.request.user),
            fingerprint=idempotency.fingerprint_of("POST", self.request.path, sent(self.request)),
            work=lambda: self.performed(form),
            wait_s=WAIT_S,
        )

    def performed(self, form: InputForm) -> Answer:
        """Perform the act with what was typed; raise Invalid where that has the wrong shape."""
        if not form.is_valid():
            raise Invalid
        person = self.request.user
        if self.record is None:
            done = self.door.create(self.act, form.cleaned_data, person)
        else:
            typed = self.request.POST.get(VERSION, "")
            version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
            done = self.door.act_on(self.record, self.act, person=person, version=version, facts=form.cleaned_data)
        message = _("Done: %(act)s. The public ledger has the entry.") % {"act": self.door.label_of(self.act)}
        seen = self.door.find(self.door.name_of(done), self.door.rows(person))
        return Answer(303, {"message": message, "location": self.door.address_of(done) if seen else reverse("work")})

    def shown(self, form: InputForm, *, error: RuleError | None = None, status: int = 200) -> HttpResponse:
        """Show the form with everything typed, and what refused it: the rule, its article, the next step."""
        stale = isinstance(error, StaleVersion)
        context = {
            "door": self.door,
            "form": form,
            "label": self.door.label_of(self.act),
            "consequence": form.kind.consequence,
            "basis": (error.basis if error else "") or form.kind.basis or self.articles(),
            "error": error,
            "error_step": _(str(error.next_step)) if error and error.next_step else "",
            "changes": facts_of(self.door, self.record) if stale else [],
            "key": new_key() if stale or not form.is_bound else typed_back(self.request.POST),
            "key_name": KEY,
            "version_name": VERSION,
            "list_name": f"{self.door.noun}_list",
            **self.about_record(),
        }
        return render(self.request, "acts/act.html", context, status=status)

    def about_record(self) -> dict[str, Any]:
        """Return what the page says about the record; a new one has nothing yet."""
        if self.record is None:
            return {"possible": True}
        return {
            "record": self.record,
            "record_path": self.door.address_of(self.record),
            "lot": self.record.ledger_lot(),
            "version": self.record.version,
            "words": standing(self.door, self.record)[0],
            "tone": standing(self.door, self.record)[1],
            "facts": [] if self.door.input_of(self.act)().fields else facts_of(self.door, self.record),
            "possible": self.act in self.door.open_to(self.record, self.request.user),
        }

    def articles(self) -> str:
        """Return the articles that the act's own description names."""
        return "; ".join(ARTICLES.findall(said_of(self.door, self.act)))

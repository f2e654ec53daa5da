"""Many registrations at once, for a rehearsal only: the centre plays the enterprises, each by its own act."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from bids.registration import Registration, RegistrationWindow
from trading.errors import InvalidInput, RuleError
from trading.lot import Lot
from trading.party import Organisation
from trading.transitions import perform

PLAYED = "演练"


def import_registrants(lot: Lot, codes: Sequence[str], *, by: Any) -> int:
    """Register the organisations with these codes, all or none; return how many.

    They must be in the register as rehearsal organisations already: entering them now would tell who takes part.
    """
    if not lot.rehearsal:
        raise RuleError(gettext_noop("Registrants are imported in a rehearsal only."), code="not_a_rehearsal")
    organisations = Organisation.objects.filter(rehearsal=True, uscc__in=codes).prefetch_related("sanctions")
    known = {o.uscc: o for o in organisations}
    if missing := [code for code in codes if code not in known]:
        raise InvalidInput(
            gettext_noop("%(count)s codes are no rehearsal organisations, the first is %(first)s."),
            code="unknown_organisation",
            count=len(missing),
            first=missing[0],
        )
    window: RegistrationWindow | None = getattr(lot, "registration_window", None)
    with transaction.atomic():
        for code in codes:
            registration = Registration(
                lot=lot,
                organisation=known[code],
                grade=PLAYED,
                manager_name=PLAYED,
                manager_certificate=f"{PLAYED}-{lot.code}-{code}",
                safety_licence=f"{PLAYED}-{code}",
                confirmed_sha256=window.participant_notice.sha256 if window else "",
                imported_from=PLAYED,
            )
            perform(registration.submit, by=by)
    return len(codes)

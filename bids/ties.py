"""Ties (关联关系) of those who registered: common control, one person in charge, a tie to a party of the project.

What two registrations say alike, a name or a certificate, anybody may have copied: both examiners can overrule it with
a reason, and nobody is out for what a registration says that has failed. Control may be entered in the register after a
registration, so who qualifies and who publishes the list look again. Names are said to them alone: nobody else may
settle or publish.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from bids.registration import Registration, parties
from trading.errors import RuleError
from trading.lot import Lot
from trading.party import Organisation
from trading.text import plain

Words = tuple[str, dict[str, str]]  # a sentence with places, and what fills them


def check(lot: Lot, passing: Collection[Registration]) -> None:
    """Refuse while one who would pass is tied to a party of the project, or two are under the same control.

    Source: 招标投标法实施条例 13, 34; domain.md, RC-01, RC-02, RC-04. Raises RuleError.
    """
    _check_parties(lot, passing)
    _check_persons(passing)
    check_managers(passing, passing)
    if together := under_one_control(passing):
        raise RuleError(
            gettext_noop("Under the same control (RC-02): %(names)s. Only one of each group may be on the list."),
            code="tied_registrants",
            basis="招标投标法实施条例 34(2)(3)",
            next_step=gettext_noop(
                "Fail all of each group but one with this ground; the supervisor reopens a settled qualification first."
            ),
            names="; ".join(_names(group) for group in together),
        )


def check_managers(passing: Collection[Registration], standing: Collection[Registration]) -> None:
    """Refuse to pass a registration while another that stands names the same project manager.

    Both count as collusion and both fail, unless the examiner says whose the certificate is and how that was found.
    Source: 招标投标法实施条例 40(3), 51(7). Raises RuleError.
    """
    for group in with_one_manager(standing):
        if any(registration in passing for registration in group):
            raise RuleError(
                gettext_noop("The same project manager's certificate stands on %(names)s; none of them may pass."),
                code="shared_project_manager",
                basis="招标投标法实施条例 40(3), 51(7)",
                next_step=gettext_noop(
                    "Fail all of them with this ground; or pass the one whose manager it is, with the proof as reason."
                ),
                names=_names(group),
            )


def _check_persons(passing: Collection[Registration]) -> None:
    """Refuse while two that would pass name one person in charge, unless both examiners said how they differ."""
    if namesakes := with_one_person([one for one in passing if not _is_explained(one)]):
        raise RuleError(
            gettext_noop("The same person in charge (RC-02): %(names)s. Only one of each group may be on the list."),
            code="same_person_in_charge",
            basis="招标投标法实施条例 34(2)",
            next_step=gettext_noop(
                "Fail all of each group but one; where they are different people of one name, both examiners pass them "
                "with the proof as reason."
            ),
            names="; ".join(_names(group) for group in namesakes),
        )


def _is_explained(registration: Registration) -> bool:
    """Say whether each of its findings passes it with a reason."""
    findings = registration.findings.all()
    return bool(findings) and all(one.reason for one in findings)


def under_one_control(registrations: Collection[Registration]) -> list[list[Registration]]:
    """Return the groups of two or more whose chains of control have the same top today."""
    tops = tops_of(registration.organisation_id for registration in registrations)
    return _repeated((tops[registration.organisation_id], registration) for registration in registrations)


def with_one_manager(registrations: Collection[Registration]) -> list[list[Registration]]:
    """Return the groups of two or more that name the same project manager's certificate (招标投标法实施条例 40(3))."""
    return _repeated((plain(registration.manager_certificate), registration) for registration in registrations)


def with_one_person(registrations: Collection[Registration]) -> list[list[Registration]]:
    """Return the groups of two or more whose enterprises name the same person in charge (招标投标法实施条例 34(2))."""
    named = ((plain(one.organisation.responsible_person), one) for one in registrations)
    return _repeated((name, one) for name, one in named if name)


def shown(lot: Lot, registrations: Collection[Registration]) -> dict[int, list[Words]]:
    """Return what the desk says beside each registration of its ties."""
    words: dict[int, list[Words]] = defaultdict(list)
    for rule, tied in _tied_to_parties(lot, registrations):
        for registration in tied:
            words[registration.pk].append((gettext_noop("tied to a party of the project (%(rule)s)"), {"rule": rule}))
    for sentence, groups in (
        (gettext_noop("under the same control as %(names)s"), under_one_control(registrations)),
        (gettext_noop("same person in charge as %(names)s"), with_one_person(registrations)),
        (gettext_noop("same project manager as %(names)s"), with_one_manager(registrations)),
    ):
        for group in groups:
            for registration in group:
                others = _names(other for other in group if other != registration)
                words[registration.pk].append((sentence, {"names": others}))
    return words


def tops_of(organisations: Iterable[int]) -> dict[int, int]:
    """Return, by organisation, who is at the top of its chain of control; one query for however many."""
    above = controllers()
    return {organisation: top(organisation, above) for organisation in organisations}


def controllers() -> dict[int, int]:
    """Return, by organisation, who controls it directly."""
    return dict(Organisation.objects.filter(controller__isnull=False).values_list("pk", "controller_id"))


def chain(organisation: int, above: Mapping[int, int]) -> list[int]:
    """Return an organisation and everybody above it in its chain of control; a circle is walked once."""
    found = [organisation]
    while (higher := above.get(found[-1])) is not None and higher not in found:
        found.append(higher)
    return found


def top(organisation: int, above: Mapping[int, int]) -> int:
    """Return the top of a chain; companies that control each other in a circle have one top, the first of them."""
    found = chain(organisation, above)
    again = above.get(found[-1])
    return found[-1] if again is None else min(found[found.index(again) :])


def _check_parties(lot: Lot, passing: Collection[Registration]) -> None:
    for rule, tied in _tied_to_parties(lot, passing):
        raise RuleError(
            gettext_noop("Tied to a party of this project (%(rule)s): %(names)s."),
            code="registrant_tied_to_project",
            basis="招标投标法实施条例 13, 34",
            next_step=gettext_noop(
                "Fail these registrations with this ground; the supervisor reopens a settled qualification first."
            ),
            rule=rule,
            names=_names(tied),
        )


def _tied_to_parties(lot: Lot, registrations: Collection[Registration]) -> list[tuple[str, list[Registration]]]:
    found = []
    for party, rule, _basis in parties(lot.project):
        tops = tops_of([party.pk, *(registration.organisation_id for registration in registrations)])
        if tied := [one for one in registrations if tops[one.organisation_id] == tops[party.pk]]:
            found.append((rule, tied))
    return found


def _repeated(keyed: Iterable[tuple[Any, Registration]]) -> list[list[Registration]]:
    groups: dict[Any, list[Registration]] = defaultdict(list)
    for key, registration in keyed:
        groups[key].append(registration)
    return [group for group in groups.values() if len(group) > 1]


def _names(registrations: Iterable[Registration]) -> str:
    organisations = sorted((one.organisation for one in registrations), key=lambda one: one.uscc)
    return ", ".join(f"{one.name} ({one.uscc})" for one in organisations)

"""What a comparison needs before it can begin: a local rule, the participant's notice, rules of conduct and rooms."""

from datetime import date
from decimal import Decimal

from bids.registration import ParticipantNotice
from config.demo import data
from config.demo.people import person
from trading.conduct import ConductRules
from trading.project import LegalBasis
from trading.room import Room
from trading.transitions import perform


def load() -> None:
    """Enter what is not there yet, each by the office that may."""
    texts = data.read("texts")
    _legal_basis(texts["legal_basis"])
    _participant_notice(texts["participant_notice"])
    for row in texts["conduct"]:
        if not ConductRules.objects.filter(role=row["role"]).exists():
            perform(ConductRules(**row).publish, by=person("centre"))
    for row in texts["rooms"]:
        if not Room.objects.filter(name=row["name"]).exists():
            perform(Room(**row).register, by=person("centre"))


def legal_basis() -> LegalBasis:
    return LegalBasis.objects.get(document_no=data.read("texts")["legal_basis"]["document_no"])


def participant_notice() -> ParticipantNotice:
    return ParticipantNotice.objects.get(number=data.read("texts")["participant_notice"])


def _legal_basis(row: dict[str, str]) -> None:
    if LegalBasis.objects.filter(document_no=row["document_no"]).exists():
        return
    days = {name: date.fromisoformat(row[name]) for name in ("valid_from", "valid_to")}
    basis = LegalBasis(**{**row, **days, "amount_cap": Decimal(row["amount_cap"])})
    perform(basis.enter, by=person("regulator"))


def _participant_notice(number: str) -> None:
    if not ParticipantNotice.objects.filter(number=number).exists():
        text = data.participant_notice()
        perform(ParticipantNotice(number=number, text=text).publish, by=person("regulator"))

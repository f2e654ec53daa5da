"""Played inside a demonstration site: tenders that take bids now, one in each mode; prints their facts as JSON.

The custodians' keys are made here, but one, which its custodian makes in a browser.
"""

import json
import sys
from datetime import timedelta
from decimal import Decimal

import pyrage
from django.core.files.uploadedfile import SimpleUploadedFile

from bids import method_rules
from bids.custody import Custodian, Holder
from bids.method import Method
from bids.requirements import Requirements
from bids.sealing.custodian import answer_to
from bids.tender import Tender
from config.demo.people import REGION, organisation, person
from config.demo.walk import approval_no
from trading.document import Document
from trading.lot import Lot
from trading.project import Project
from trading.transitions import perform

KEEPERS = {
    Holder.AGENCY: ("agency", "agency"),
    Holder.SUPERVISOR: ("supervisor", "construction"),
    Holder.BACKUP: ("notary", "notary"),
}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ASKED = [{"code": "Z1", "requirement": "公路工程施工总承包三级及以上资质", "evidence": "资质证书"}]
CONTENT = {
    "scope": "新建村道 3.2 公里",
    "qualification": "公路工程施工总承包三级及以上",
    "period": "360 日历天",
    "contact": "县公共资源交易中心 0838-0000000",
    "objection_channel": "在本平台提出",
    "policies": "",
}


def registered(name, mode):
    """Return the tender of a new lot, registered."""
    project = Project(
        name=name,
        owner=organisation("owner"),
        agency=organisation("agency"),
        category="works",
        region=REGION,
        funding="state_enterprise",
        approval_no=approval_no(),
        approved_estimate=Decimal("6000000.00"),
        funds_in_place=True,
        title_clear=True,
        rehearsal=True,
    )
    perform(project.submit, by=person("owner"))
    perform(project.accept, by=person("centre"))
    lot = Lot(
        project=Project.objects.get(pk=project.pk), name=name, kind="public_tender", estimate=Decimal("5000000.00")
    )
    perform(lot.register, by=person("owner"))
    tender = Tender(lot=lot, mode=mode, price_ceiling=Decimal("4900000.00"), deposit=Decimal("50000.00"))
    perform(tender.register, by=person("agency"))
    return tender


def appointed(lot):
    """Return the number of each custodian, appointed and without a key."""
    numbers = {}
    for holder, (_username, of) in KEEPERS.items():
        custodian = Custodian(lot=lot, holder=holder, organisation=organisation(of))
        perform(custodian.appoint, by=person("agency"))
        numbers[holder.value] = custodian.pk
    return numbers


def keyed(numbers, *, but=()):
    """Return the age identities whose recipients were given for the custodians."""
    made = {}
    for holder, (username, _of) in KEEPERS.items():
        if holder not in but:
            identity = pyrage.x25519.Identity.generate()
            custodian = Custodian.objects.get(pk=numbers[holder.value])
            given = perform(custodian.give_key, by=person(username), recipient=str(identity.to_public()))
            perform(given.rehearse, by=person(username), answer=answer_to(given.test_wrap(), str(identity)))
            made[holder.value] = str(identity)
    return made


def announced(tender):
    """Publish the notice and let the rehearsal's clock reach the moment from which bids are taken."""
    lot = tender.lot
    perform(Requirements(lot=lot).lay_down, by=person("agency"), items=ASKED)
    terms = method_rules.proposal(lot.kind, lot.project.category)
    perform(Method(lot=lot).lay_down, by=person("agency"), terms=terms)
    file = Document(lot=lot, organisation=organisation("agency"), title="招标文件", for_takers=True)
    perform(file.store, by=person("agency"), upload=SimpleUploadedFile("t.pdf", PDF, content_type="application/pdf"))
    now = lot.now()
    schedule = {
        "documents_from": now + timedelta(minutes=30),
        "documents_until": now + timedelta(days=10),
        "deadline": now + timedelta(days=40),  # the clock moves in hours: it will land seconds after it
    }
    perform(
        tender.announce, by=person("agency"), **schedule, opening_place="开标一室", documents=[file], content=CONTENT
    )
    perform(Lot.objects.get(pk=lot.pk).move_clock, by=person("centre"), hours=1)


def main():
    told = {}
    for mode in ("T", "TB"):
        tender = registered(f"桥头村道路工程（{mode}）", mode)
        numbers = appointed(tender.lot)
        told[mode] = {"lot": tender.lot.code, "custodians": numbers, "keys": keyed(numbers)}
        announced(tender)
    waiting = registered("清水村道路工程", "T")
    told["waiting"] = {"lot": waiting.lot.code, "custodians": appointed(waiting.lot)}
    sys.stdout.write(f"\n{json.dumps(told)}\n")


main()

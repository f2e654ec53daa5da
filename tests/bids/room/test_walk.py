"""From the convened committee to the signed report, act by act."""

import hashlib

from bids.room import report_pdf
from bids.room.ranking import Candidate
from trading.ledger import leaf, sealed
from trading.ledger.tables import AuditEvent, SealedEntry


def test_a_committee_goes_from_its_seats_to_the_signed_report(room):
    evaluation = room.finish()
    assert evaluation.state == "signed"
    ranked = list(Candidate.objects.recommended().values_list("number", "rank", "total"))
    assert [(number, rank) for number, rank, _total in ranked] == [(2, 1), (1, 2), (3, 3)]
    assert str(ranked[0][2]).startswith("93.00")
    pdf = report_pdf.place(evaluation, "pdf").read_bytes()
    inner = SealedEntry.objects.get(type="evaluation.signed")
    said = leaf.decode(bytes(inner.inner))["data"]
    assert (said["pdf_sha256"], said["deemed"]) == (hashlib.sha256(pdf).hexdigest(), [])
    assert said["report_sha256"] == evaluation.report_sha256


def test_nothing_of_the_evaluation_stands_open_in_the_ledger_before_the_result(room):
    room.finish()
    before = AuditEvent.objects.filter(type__startswith="evaluation")
    assert not before.exists()
    nouns = ("evaluation", "committee_member", "score_sheet")
    for noun in nouns:
        assert not AuditEvent.objects.filter(subject_type=noun).exists()
        assert SealedEntry.objects.filter(subject_type=noun, tender=sealed.committee(room.lot.code)).exists()

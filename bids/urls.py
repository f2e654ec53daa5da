from django.urls import path

from bids import (
    award_api,
    bid_doors,
    bid_pages,
    custody_doors,
    custody_pages,
    examination_pages,
    method_doors,
    opened_files,
    opening_doors,
    opening_pages,
    opening_stage,
    outage_api,
    panel_doors,
    panel_pages,
    qualification_pages,
    recompute_pages,
    registration_pages,
    rehearsal_api,
    review_api,
    room_doors,
    room_pages,
    tender_api,
    tender_pages,
    views,
)
from bids import pages as public_pages
from bids.api import NOUNS
from trading.doors import api as door_api
from trading.doors import pages as door_pages

DOORS = (
    *NOUNS,
    *tender_api.NOUNS,
    *review_api.NOUNS,
    *method_doors.NOUNS,
    *outage_api.NOUNS,
    custody_doors.CUSTODIANS,
    bid_doors.BIDS,
    *opening_doors.NOUNS,
    *room_doors.NOUNS,
    *panel_doors.NOUNS,
    *award_api.NOUNS,
)
api = [
    *rehearsal_api.api,
    *custody_doors.api,
    *bid_doors.api,
    *opening_doors.api,
    *room_doors.api,
    *panel_doors.api,
    *(route for door in DOORS for route in door_api.urls(door)),
]
pages = [
    *room_pages.pages,
    *opening_pages.pages,
    *opened_files.pages,
    *opening_stage.pages,
    *public_pages.pages,
    *tender_pages.pages,
    *method_doors.pages,
    *recompute_pages.pages,
    *registration_pages.pages,
    *qualification_pages.pages,
    *examination_pages.pages,
    *bid_pages.pages,
    *custody_pages.pages,
    *panel_pages.pages,
    path("lots/<name:name>/candidates.tsv", views.candidate_list, name="candidate_list"),
    *(route for door in DOORS for route in door_pages.urls(door)),
]

from django.urls import path

from trading import (
    calendar_doors,
    complaint_doors,
    draw_doors,
    draw_pages,
    draw_stage,
    ledger_pages,
    notice_pages,
    notification_doors,
    prior_service_doors,
    published,
    rules_doors,
    session_doors,
    session_pages,
    views,
)
from trading.api import NOUNS
from trading.doors import api as door_api
from trading.doors import pages as door_pages

ALL = (
    *NOUNS,
    *complaint_doors.NOUNS,
    *calendar_doors.NOUNS,
    *prior_service_doors.NOUNS,
    *session_doors.NOUNS,
    *draw_doors.NOUNS,
)
api = [
    *session_doors.api,
    *calendar_doors.api,
    *rules_doors.api,
    *notification_doors.api,
    *(route for door in ALL for route in door_api.urls(door)),
]
pages = [
    *notice_pages.pages,
    path("work/", views.work, name="work"),
    path("register/", views.enter_enterprise, name="register"),
    path("problems/<slug:code>/", views.problem, name="problem"),
    path("documents/<name:name>/file/", views.document_file, name="document_file"),
    *notification_doors.pages,
    *session_pages.pages,
    *draw_stage.pages,
    *draw_pages.pages,
    *published.pages,
    *ledger_pages.pages,
    *calendar_doors.pages,
    *rules_doors.pages,
    *(route for door in ALL for route in door_pages.urls(door)),
]

from django.urls import path

from trading import views
from trading.api import NOUNS
from trading.doors import api as door_api
from trading.doors import pages as door_pages

api = [route for door in NOUNS for route in door_api.urls(door)]
pages = [
    path("work/", views.work, name="work"),
    path("register/", views.enter_enterprise, name="register"),
    path("problems/<slug:code>/", views.problem, name="problem"),
    path("documents/<name:name>/file/", views.document_file, name="document_file"),
    *(route for door in NOUNS for route in door_pages.urls(door)),
]

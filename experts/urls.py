from experts import doors
from experts import pages as own_pages
from trading.doors import pages as door_pages

api = doors.api
pages = [*own_pages.pages, *(route for door in doors.NOUNS for route in door_pages.urls(door))]

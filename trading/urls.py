from trading.api import NOUNS
from trading.doors.api import urls

api = [route for door in NOUNS for route in urls(door)]
pages: list[object] = []

from trading import rules_doors
from trading.api import NOUNS
from trading.doors.api import urls

api = [route for door in NOUNS for route in urls(door)] + rules_doors.api
pages: list[object] = [*rules_doors.pages]

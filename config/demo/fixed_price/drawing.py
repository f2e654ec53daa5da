"""The public session: room, witnesses with their badges, and the beginning of the draw."""

from datetime import timedelta

from config.demo.client import Unexpected
from config.demo.walk import Walk

PRESENT = (
    ("centre", "centre_staff"),
    ("centre2", "centre_staff"),
    ("owner", "owner"),
    ("supervisor", "site_supervisor"),
    ("notary", "notary"),
    ("qiming", "bidder"),
)
PHYSICAL = {"kind": "physical", "digits": 20}
TRIES = 24


def book(walk: Walk) -> None:
    """The centre books the draw room for the announced time, or the first free half hour after it."""
    centre = walk.person("centre")
    room = next(row for row in centre.listed("/rooms/", kind="draw") if row["state"] == "in_use")
    facts = {"room": str(room["id"]), "kind": "draw", "lot": walk.made["lot"], "host": "centre"}
    facts["title"] = f"固定价比选随机抽取：{walk.comparison()['name']}"
    for tried in range(TRIES):
        start = walk.made["draw_at"] + timedelta(minutes=30 * tried)
        end = start + timedelta(minutes=30)
        try:
            session = centre.create("sessions", **facts, starts_at=start.isoformat(), ends_at=end.isoformat())
        except Unexpected as refusal:
            if refusal.code != "room_taken" or tried == TRIES - 1:
                raise
            continue
        break
    walk.made["session"], walk.made["session_at"] = session["id"], start
    walk.tell("centre", f"books {room['name']} for {start:%Y-%m-%d %H:%M}")


def open_session(walk: Walk) -> None:
    """At its time the session opens, and everybody present signs in and takes a badge."""
    walk.pass_to(walk.made["session_at"])
    walk.person("centre").act("sessions", walk.made["session"], "open")
    walk.tell("centre", "opens the session; its transcript is public")
    for username, role in PRESENT:
        badge = walk.sign_in(walk.made["session"], username, role)
        walk.made.setdefault("badges", {})[username] = badge
        walk.tell(username, f"confirms the rules of conduct and takes badge {badge}")


def begin(walk: Walk) -> None:
    """The centre begins the draw of the published list."""
    begun = walk.person("centre").act(
        "comparisons", walk.made["comparison"], "begin_draw", session=str(walk.made["session"]), beacon=PHYSICAL
    )
    walk.made["draw"], walk.made["draw_id"] = begun["draw"], begun["draw_id"]
    walk.tell("centre", f"begins the draw {begun['draw_id']}; the last entropy will be 20 ten-sided dice")


def close_session(walk: Walk) -> None:
    """The session ends; the room is free again."""
    walk.person("centre").act("sessions", walk.made["session"], "close")
    walk.tell("centre", "closes the session")

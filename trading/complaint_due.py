"""What the clock performs for complaints."""

from contextlib import suppress

from trading import clock
from trading.complaint import Complaint
from trading.errors import RuleError
from trading.transitions import perform


def end_stops() -> None:
    """Let each procurement go on whose time to rest is over (政府采购法 57)."""
    resting = Complaint.objects.filter(state="accepted", stopped_on__isnull=False).select_related("lot")
    for complaint in resting:
        if complaint.stopped_until and clock.local_date(complaint.lot.now()) > complaint.stopped_until:
            with suppress(RuleError):  # another tick was first
                perform(complaint.end_stop, by=None)

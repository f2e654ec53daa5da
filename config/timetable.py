"""The acts that the clock performs, in this order, every second: each finds what is due and performs it."""

TIME_DRIVEN = [
    "bids.outage.beat",  # before everything that closes: it finds what must not
    "bids.opening_due.close_tenders",
    "bids.opening_due.decrypt_bids",
    "bids.opening_due.end_sessions",
    "bids.opening_due.schedule_openings",
    "bids.due.open_registrations",
    "bids.due.close_registrations",
    "bids.due.open_applications",
    "bids.due.lapse_awards",
    "bids.award_due.receive_reports",
    "bids.award_due.deem_confirmed",
    "bids.due.open_ended_secrets",
    "bids.due.report_overloaded",
    "bids.due.tell_standings",
    "bids.taking.tell_takers",
    "experts.due.resume",
    "experts.due.take_snapshots",
    "experts.due.call_experts",
    "experts.due.end_calls",
    "experts.due.find_absent",
    "experts.due.dissolve_panels",
    "experts.calls.deliver",
    "trading.complaint_due.end_stops",
    "trading.notification.deliver",
    "trading.idempotency.expire",
    "trading.pace.expire",
]
TO_THE_SECOND = TIME_DRIVEN[:2]  # looked at four times a second

"""Every model of this app, so that Django finds them; each lives in the module of its noun."""

from trading.attendance import SignIn, SiteBadge
from trading.complaint import Complaint
from trading.conduct import ConductRules
from trading.document import Document
from trading.draws.draw import Contribution, DiceEntry, Draw, Skip
from trading.holiday_notice import HolidayNotice
from trading.idempotency import IdempotencyKey
from trading.ledger.tables import (
    AuditEvent,
    LogAnchor,
    LogCheckpoint,
    LogLeaf,
    LogTile,
    Pending,
    SealedEntry,
    SecretWindow,
)
from trading.live import SessionEvent, Transcript
from trading.lot import Lot
from trading.notice import Notice, NoticeVersion
from trading.notification import Dispatch, Notification, Told
from trading.objection import Objection
from trading.pace import WriteCount
from trading.party import Membership, Organisation, UsccException, User
from trading.prior_service import PriorService
from trading.project import LegalBasis, Project
from trading.room import Room
from trading.sanction import Sanction
from trading.session import Session

__all__ = [
    "AuditEvent",
    "Complaint",
    "ConductRules",
    "Contribution",
    "DiceEntry",
    "Dispatch",
    "Document",
    "Draw",
    "HolidayNotice",
    "IdempotencyKey",
    "LegalBasis",
    "LogAnchor",
    "LogCheckpoint",
    "LogLeaf",
    "LogTile",
    "Lot",
    "Membership",
    "Notice",
    "NoticeVersion",
    "Notification",
    "Objection",
    "Organisation",
    "Pending",
    "PriorService",
    "Project",
    "Room",
    "Sanction",
    "SealedEntry",
    "SecretWindow",
    "Session",
    "SessionEvent",
    "SignIn",
    "SiteBadge",
    "Skip",
    "Told",
    "Transcript",
    "UsccException",
    "User",
    "WriteCount",
]

"""Every model of this app, so that Django finds them; each lives in the module of its stage."""

from bids.award import Award
from bids.bid import Bid
from bids.candidate_list import CandidateList
from bids.comparison import Comparison
from bids.contract import Contract
from bids.custody import Custodian
from bids.opened import BadWrap, OpenedBid, Share
from bids.opening import Opening, Signature
from bids.opening_objection import OpeningObjection
from bids.qualification import Finding, Qualification
from bids.registration import ParticipantNotice, Registration, RegistrationWindow
from bids.tender import Tender
from bids.tender_documents import TenderDocument
from bids.tracking import DisciplineReport, Milestone
from bids.upload import Part, Upload

__all__ = [
    "Award",
    "BadWrap",
    "Bid",
    "CandidateList",
    "Comparison",
    "Contract",
    "Custodian",
    "DisciplineReport",
    "Finding",
    "Milestone",
    "OpenedBid",
    "Opening",
    "OpeningObjection",
    "Part",
    "ParticipantNotice",
    "Qualification",
    "Registration",
    "RegistrationWindow",
    "Share",
    "Signature",
    "Tender",
    "TenderDocument",
    "Upload",
]

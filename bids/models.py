"""Every model of this app, so that Django finds them; each lives in the module of its stage."""

from bids.award import Award
from bids.bid import Bid
from bids.candidate_list import CandidateList
from bids.comparison import Comparison
from bids.contract import Contract
from bids.custody import Custodian
from bids.qualification import Finding, Qualification
from bids.registration import ParticipantNotice, Registration, RegistrationWindow
from bids.tender import Tender
from bids.tender_documents import TenderDocument
from bids.tracking import DisciplineReport, Milestone
from bids.upload import Part, Upload

__all__ = [
    "Award",
    "Bid",
    "CandidateList",
    "Comparison",
    "Contract",
    "Custodian",
    "DisciplineReport",
    "Finding",
    "Milestone",
    "Part",
    "ParticipantNotice",
    "Qualification",
    "Registration",
    "RegistrationWindow",
    "Tender",
    "TenderDocument",
    "Upload",
]

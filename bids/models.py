"""Every model of this app, so that Django finds them; each lives in the module of its stage."""

from bids.application import Application
from bids.award import Award
from bids.award_letter import AwardLetter
from bids.bid import Bid
from bids.candidate_list import CandidateList
from bids.clarification import Question
from bids.comparison import Comparison
from bids.contract import Contract
from bids.custody import Custodian
from bids.deposit import Deposit
from bids.examination import Examination, ItemFinding
from bids.method import Method, MethodVersion
from bids.opened import BadWrap, OpenedBid, Share
from bids.opening import Opening, Signature
from bids.opening_objection import OpeningObjection
from bids.outage import Heartbeat, Outage
from bids.postponement import Covered, Postponement
from bids.procurement_award import ProcurementAward
from bids.qualification import Finding, Qualification
from bids.registration import ParticipantNotice, Registration, RegistrationWindow
from bids.requirements import QualificationItem, Requirements
from bids.review import Review
from bids.room.checking import Check
from bids.room.correction import Correction
from bids.room.evaluation import Evaluation
from bids.room.inquiry import Inquiry
from bids.room.member import Member
from bids.room.ranking import Candidate
from bids.room.sheet import Sheet
from bids.shortlist import PassedOver
from bids.taking import Download, Taking
from bids.tender import Tender
from bids.tender_award import TenderAward
from bids.tender_documents import TenderDocument
from bids.tracking import DisciplineReport, Milestone
from bids.upload import Part, Upload

__all__ = [
    "Application",
    "Award",
    "AwardLetter",
    "BadWrap",
    "Bid",
    "Candidate",
    "CandidateList",
    "Check",
    "Comparison",
    "Contract",
    "Correction",
    "Covered",
    "Custodian",
    "Deposit",
    "DisciplineReport",
    "Download",
    "Evaluation",
    "Examination",
    "Finding",
    "Heartbeat",
    "Inquiry",
    "ItemFinding",
    "Member",
    "Method",
    "MethodVersion",
    "Milestone",
    "OpenedBid",
    "Opening",
    "OpeningObjection",
    "Outage",
    "Part",
    "ParticipantNotice",
    "PassedOver",
    "Postponement",
    "ProcurementAward",
    "Qualification",
    "QualificationItem",
    "Question",
    "Registration",
    "RegistrationWindow",
    "Requirements",
    "Review",
    "Share",
    "Sheet",
    "Signature",
    "Taking",
    "Tender",
    "TenderAward",
    "TenderDocument",
    "Upload",
]

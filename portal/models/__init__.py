"""Every table, one file a noun; importing this package makes all of them known to migrations."""

from portal.models.addition import Addition
from portal.models.audit_entry import AuditEntry
from portal.models.award import Award, StrayAward
from portal.models.back_fill import BackFill, ExportRequest
from portal.models.bulletin import Bulletin
from portal.models.bureau_question import BureauQuestion
from portal.models.campaign import Campaign, CampaignPupil
from portal.models.code_request import CodeRequest
from portal.models.confirmation import Confirmation
from portal.models.contact_record import ContactRecord
from portal.models.contact_task import ContactTask
from portal.models.correction import Correction
from portal.models.deadline_day import DeadlineDay
from portal.models.delivery_report import DeliveryReport
from portal.models.demonstration import Demonstration
from portal.models.determination import DeterminationRecord
from portal.models.double_enrolment import DoubleEnrolment
from portal.models.enrolment_record import EnrolmentRecord
from portal.models.entitlement import Entitlement, EntitlementChange
from portal.models.family_question import FamilyQuestion
from portal.models.further_aid import FurtherAid
from portal.models.gateway_health import GatewayHealth, GatewayTrouble
from portal.models.hardship_category import HardshipCategory
from portal.models.inspection import InspectionPupil, InspectionSample
from portal.models.intake import Intake
from portal.models.job_slot import JobSlot
from portal.models.key_check import KeyCheck
from portal.models.known_number import KnownNumber
from portal.models.match_run import MatchFinding, MatchPair, MatchPart, MatchRun
from portal.models.message import Message, MessagePupil
from portal.models.move import Move
from portal.models.opt_out import OptOut
from portal.models.outreach_pause import OutreachPause
from portal.models.policy_overlay import PolicyOverlay
from portal.models.public_notice import PublicNotice, PublicNoticeLine
from portal.models.pupil import Guardian, Pupil
from portal.models.pupil_helper import PupilHelper
from portal.models.register_entry import RegisterEntry, SoughtKey
from portal.models.reply import Reply
from portal.models.school_class import SchoolClass
from portal.models.school_reminder import SchoolReminder
from portal.models.school_tally import SchoolChange, SchoolTally
from portal.models.settlement import Settlement
from portal.models.sign_in import SignIn
from portal.models.signature_filing import SignatureFiling
from portal.models.slip import Slip
from portal.models.staff_member import StaffMember
from portal.models.supplier_template import SupplierTemplate
from portal.models.system_line import SystemLine
from portal.models.term_closing import TermClosing
from portal.models.try_count import TryCount
from portal.models.unit import Unit
from portal.models.waiver import Waiver
from portal.models.wechat_binding import WechatBinding
from portal.models.wecom_parent import WecomParent
from portal.models.wording import Wording
from portal.models.yearly_check import YearlyCheck, YearlyLook

__all__ = [
    "Addition",
    "AuditEntry",
    "Award",
    "BackFill",
    "Bulletin",
    "BureauQuestion",
    "Campaign",
    "CampaignPupil",
    "CodeRequest",
    "Confirmation",
    "ContactRecord",
    "ContactTask",
    "Correction",
    "DeadlineDay",
    "DeliveryReport",
    "Demonstration",
    "DeterminationRecord",
    "DoubleEnrolment",
    "EnrolmentRecord",
    "Entitlement",
    "EntitlementChange",
    "ExportRequest",
    "FamilyQuestion",
    "FurtherAid",
    "GatewayHealth",
    "GatewayTrouble",
    "Guardian",
    "HardshipCategory",
    "InspectionPupil",
    "InspectionSample",
    "Intake",
    "JobSlot",
    "KeyCheck",
    "KnownNumber",
    "MatchFinding",
    "MatchPair",
    "MatchPart",
    "MatchRun",
    "Message",
    "MessagePupil",
    "Move",
    "OptOut",
    "OutreachPause",
    "PolicyOverlay",
    "PublicNotice",
    "PublicNoticeLine",
    "Pupil",
    "PupilHelper",
    "RegisterEntry",
    "Reply",
    "SchoolChange",
    "SchoolClass",
    "SchoolReminder",
    "SchoolTally",
    "Settlement",
    "SignIn",
    "SignatureFiling",
    "Slip",
    "SoughtKey",
    "StaffMember",
    "StrayAward",
    "SupplierTemplate",
    "SystemLine",
    "TermClosing",
    "TryCount",
    "Unit",
    "Waiver",
    "WechatBinding",
    "WecomParent",
    "Wording",
    "YearlyCheck",
    "YearlyLook",
]

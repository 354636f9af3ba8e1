"""The rules of 信息比对: one table, strongest first; the first row that holds decides.

Only the three rows at the top are ``certain``. What brings people together by less than an equal number is looked at
by a person, however likely it is.
"""

from dataclasses import dataclass
from functools import lru_cache

from portal.matching.agreement import (
    AGREES,
    NUMBERS_MEET,
    Agreement,
    BirthAgreement,
    NameAgreement,
    PlaceAgreement,
    Sharing,
    Validity,
)
from portal.matching.number_agreement import NumberAgreement
from portal.matching.people import GUARDIANS, Kin, Via
from portal.vocabulary import Decision


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table; an empty condition means any. A ``lone`` row holds for the only such pair of both sides."""

    code: str
    decision: Decision
    officer: str
    family: str
    via: frozenset[Via]
    number: frozenset[NumberAgreement] = NUMBERS_MEET
    name: frozenset[NameAgreement] = frozenset()
    validity: frozenset[Validity] = frozenset()
    sharing: frozenset[Sharing] = frozenset()
    birth: frozenset[BirthAgreement] = frozenset()
    place: frozenset[PlaceAgreement] = frozenset()
    kin: frozenset[Kin] = frozenset()
    lone: bool = False

    @property
    def weak(self) -> bool:
        """Whether the two met by something else than an equal number; an entry found to be somebody loses these."""
        return Via.SELF in self.via and self.number.isdisjoint(NUMBERS_MEET)

    def holds(self, agreement: Agreement) -> bool:
        """Every condition of the row is met."""
        return (
            agreement.via in self.via
            and agreement.number in self.number
            and (not self.name or agreement.name in self.name)
            and (not self.validity or agreement.validity in self.validity)
            and (not self.sharing or agreement.sharing in self.sharing)
            and (not self.birth or agreement.birth in self.birth)
            and (not self.place or agreement.place in self.place)
            and (not self.kin or agreement.kin in self.kin)
        )


SELF = frozenset({Via.SELF})
GUARDIAN = frozenset(GUARDIANS)
SAME = frozenset({NumberAgreement.SAME})
UNVERIFIED = frozenset({NumberAgreement.UNVERIFIED})
REPAIRED = frozenset({NumberAgreement.REPAIRED})
OLD = frozenset({NumberAgreement.OLD})
PARTLY = frozenset({NumberAgreement.PARTLY})
CUT = frozenset({NumberAgreement.OURS_CUT, NumberAgreement.THEIRS_CUT})
TWO_SLIPS = frozenset({NumberAgreement.TWO_SLIPS})
LOST = frozenset({NumberAgreement.LOST})
NO_HELP = frozenset(NumberAgreement) - NUMBERS_MEET
IN_FORCE = frozenset({Validity.IN_FORCE})
NOT_SHARED = frozenset({Sharing.NONE})
IN_ROSTER = frozenset({Sharing.IN_ROSTER})
IN_REGISTER = frozenset({Sharing.IN_REGISTER})
BIRTH_FITS = frozenset({BirthAgreement.AGREES, BirthAgreement.UNKNOWN, BirthAgreement.SEX_DIFFERS})
"""One letter of 性别 typed wrong makes nobody another person; it is said beside the match, to be put right."""
BIRTH_DIFFERS = frozenset(BirthAgreement) - BIRTH_FITS
BORN_THEN = frozenset({BirthAgreement.AGREES})
NEARLY = frozenset({NameAgreement.SOUND, NameAgreement.FITS})
CLOSE = NEARLY | {NameAgreement.SHAPE, NameAgreement.SURNAME, NameAgreement.ONE_CHARACTER}

FAMILY_SURE = "孩子的证件号和姓名与主管部门名单上的一致。"
FAMILY_HOUSEHOLD = "孩子监护人的证件号和姓名与主管部门名单上的一致。"
FAMILY_SIBLING = "孩子的兄弟姐妹在主管部门名单上，孩子本人是否在内，工作人员正在核对，您不用交证明。"
FAMILY_CHECKING = "主管部门名单上有与孩子相近的记录，工作人员正在核对，您不用交证明。"
FAMILY_HOUSEHOLD_CHECKING = "主管部门名单上有与孩子监护人相近的记录，工作人员正在核对，您不用交证明。"

RULES = (
    Rule(
        "number_name", Decision.CERTAIN,
        "证件号一致，姓名一致", FAMILY_SURE,
        via=SELF, number=SAME, name=frozenset({NameAgreement.EQUAL}), validity=IN_FORCE, sharing=NOT_SHARED,
        birth=BIRTH_FITS,
    ),
    Rule(
        "number_name_variant", Decision.CERTAIN,
        "证件号一致，姓名是同一个字的不同写法，请订正", FAMILY_SURE,
        via=SELF, number=SAME, name=frozenset({NameAgreement.VARIANT}), validity=IN_FORCE, sharing=NOT_SHARED,
        birth=BIRTH_FITS,
    ),
    Rule(
        "number_former_name", Decision.CERTAIN,
        "证件号一致，名单上用的是曾用名", "孩子的证件号和曾用名与主管部门名单上的一致。",
        via=SELF, number=SAME, name=frozenset({NameAgreement.FORMER}), validity=IN_FORCE, sharing=NOT_SHARED,
        birth=BIRTH_FITS,
    ),
    Rule(
        "number_shared_in_roster", Decision.POSSIBLE,
        "证件号和姓名一致，但学籍中另有姓名不同的人（或本人的监护人）用同一证件号，请先核实号码是谁的", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, sharing=IN_ROSTER,
    ),
    Rule(
        "number_shared_in_register", Decision.POSSIBLE,
        "证件号和姓名一致，但名单中另有姓名不同的人用同一证件号，请先核实号码是谁的", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, sharing=IN_REGISTER,
    ),
    Rule(
        "number_twice_in_roster", Decision.POSSIBLE,
        "证件号和姓名一致，但学籍中有两条这样的记录，请核实是否重复建籍，只落实一次", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, sharing=frozenset({Sharing.TWICE_IN_ROSTER}),
    ),
    Rule(
        "number_birth_differs", Decision.POSSIBLE,
        "证件号和姓名一致，但学籍上的出生日期与证件号不符，请核实是不是同一个人", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, birth=BIRTH_DIFFERS,
    ),
    Rule(
        "validity_ended", Decision.POSSIBLE,
        "证件号和姓名一致，但名单上的有效期在本学期开始前已结束，请核实是否仍在册", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, validity=frozenset({Validity.ENDED}),
    ),
    Rule(
        "validity_not_begun", Decision.POSSIBLE,
        "证件号和姓名一致，但名单上的有效期在本学期结束之后才开始，请核实本学期是否在册", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, validity=frozenset({Validity.NOT_BEGUN}),
    ),
    Rule(
        "validity_unreadable", Decision.POSSIBLE,
        "证件号和姓名一致，但名单上的有效期看不懂，请核实是否仍在册", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, validity=frozenset({Validity.UNREADABLE}),
    ),
    Rule(
        "number_unverified", Decision.POSSIBLE,
        "证件号写法和姓名一致，但证件号本身通不过校验或须推断，请核实号码", FAMILY_CHECKING,
        via=SELF, number=UNVERIFIED, name=AGREES,
    ),
    Rule(
        "guardian_number_name", Decision.HOUSEHOLD,
        "监护人的证件号和姓名与名单一致，名单上这一条不是学生本人", FAMILY_HOUSEHOLD,
        via=GUARDIAN, number=SAME, name=AGREES, validity=IN_FORCE, sharing=NOT_SHARED,
    ),
    Rule(
        "guardian_number_name_close", Decision.HOUSEHOLD,
        "监护人的证件号与名单一致，姓名相近（同音、形近或有一个字残缺），名单上这一条不是学生本人", FAMILY_HOUSEHOLD,
        via=GUARDIAN, number=SAME, name=NEARLY | {NameAgreement.SHAPE}, validity=IN_FORCE, sharing=NOT_SHARED,
    ),
    Rule(
        "guardian_same_household", Decision.HOUSEHOLD,
        "孩子或兄弟姐妹在名单的这一户，户内有一条是监护人的姓名，证件号写错或不全而看得见的部分相符，名单上这一条不是学生本人",
        FAMILY_HOUSEHOLD,
        via=GUARDIAN, number=UNVERIFIED | REPAIRED | OLD | PARTLY | TWO_SLIPS, name=AGREES | NEARLY, validity=IN_FORCE,
        kin=frozenset({Kin.SAME_HOUSEHOLD}),
    ),
    Rule(
        "number_name_close", Decision.POSSIBLE,
        "证件号一致，姓名相近，请核实是写错了字还是另一个人", FAMILY_CHECKING,
        via=SELF, name=CLOSE,
    ),
    Rule(
        "number_repaired", Decision.POSSIBLE,
        "有一方的证件号写错一处，改正后两边一致，姓名一致或相近，请核实后订正号码", FAMILY_CHECKING,
        via=SELF, number=REPAIRED, name=AGREES | CLOSE,
    ),
    Rule(
        "number_old", Decision.POSSIBLE,
        "有一方是15位旧证件号，补足世纪后两边一致，姓名一致或相近，请核实后补全号码", FAMILY_CHECKING,
        via=SELF, number=OLD, name=AGREES | CLOSE,
    ),
    Rule(
        "number_partly", Decision.POSSIBLE,
        "有一方的证件号不全（打码或被表格软件改坏），看得见的部分一致，姓名一致，请核实后补全号码", FAMILY_CHECKING,
        via=SELF, number=PARTLY | CUT, name=AGREES | NEARLY,
    ),
    Rule(
        "number_two_slips", Decision.POSSIBLE,
        "姓名一致，证件号有两处不同且至少一方通不过校验，请核实是不是同一个人", FAMILY_CHECKING,
        via=SELF, number=TWO_SLIPS, name=AGREES | NEARLY,
    ),
    Rule(
        "guardians_number_own_name", Decision.POSSIBLE,
        "名单上是学生的姓名、监护人的证件号，请核实后订正号码", FAMILY_CHECKING,
        via=SELF, number=NO_HELP, name=AGREES | NEARLY, kin=frozenset({Kin.GUARDIANS_NUMBER}),
    ),
    Rule(
        "siblings_number_own_name", Decision.POSSIBLE,
        "名单上是学生的姓名、兄弟姐妹的证件号，请核实后订正号码", FAMILY_CHECKING,
        via=SELF, number=NO_HELP, name=AGREES | NEARLY, kin=frozenset({Kin.SIBLINGS_NUMBER}),
    ),
    Rule(
        "household_name", Decision.POSSIBLE,
        "家人在名单的这一户，户内有一条姓名一致而证件号不能确认，请核实是不是学生本人", FAMILY_CHECKING,
        via=SELF, number=NO_HELP, name=AGREES | NEARLY, kin=frozenset({Kin.SAME_HOUSEHOLD}),
    ),
    Rule(
        "name_birth", Decision.POSSIBLE,
        "学籍没有可用的证件号，姓名和出生日期与名单一致，请核实后补填号码", FAMILY_CHECKING,
        via=SELF, number=LOST, name=AGREES, birth=BORN_THEN,
    ),
    Rule(
        "name_sound_birth", Decision.POSSIBLE,
        "学籍没有可用的证件号，姓名同音，出生日期和县区与名单一致，请核实后补填号码", FAMILY_CHECKING,
        via=SELF, number=LOST, name=NEARLY, birth=BORN_THEN, place=frozenset({PlaceAgreement.SAME}),
    ),
    Rule(
        "name_birth_number_doubted", Decision.POSSIBLE,
        "姓名、出生日期和县区与名单一致，学籍上的证件号与出生日期不符，请核实是不是填了他人的号码", FAMILY_CHECKING,
        via=SELF, number=frozenset({NumberAgreement.DOUBTED}), name=AGREES, birth=BORN_THEN,
        place=frozenset({PlaceAgreement.SAME}),
    ),
    Rule(
        "number_name_missing", Decision.POSSIBLE,
        "证件号一致，但有一方姓名空缺或损坏，请补全姓名后核实", FAMILY_CHECKING,
        via=SELF, name=frozenset({NameAgreement.MISSING}),
    ),
    Rule(
        "number_other_name", Decision.POSSIBLE,
        "证件号一致，姓名不同，请核实是改名、写错还是用了他人的证件号", FAMILY_CHECKING,
        via=SELF, name=frozenset({NameAgreement.DIFFERENT}),
    ),
    Rule(
        "name_place", Decision.POSSIBLE,
        "有一方没有可用的证件号，本县区学籍中同名的只有这一名能与这一条对上，请核实是不是同一个人", FAMILY_CHECKING,
        via=SELF, number=LOST, name=AGREES, birth=frozenset({BirthAgreement.UNKNOWN}),
        place=frozenset({PlaceAgreement.SAME}), lone=True,
    ),
    Rule(
        "strangers_number_own_name", Decision.POSSIBLE,
        "名单上是学生的姓名、另一名学生的证件号，本县区同名的只有这一名能对上，请核实后订正号码", FAMILY_CHECKING,
        via=SELF, number=NO_HELP, name=AGREES, place=frozenset({PlaceAgreement.SAME}),
        kin=frozenset({Kin.STRANGERS_NUMBER}), lone=True,
    ),
    Rule(
        "sibling_listed", Decision.HOUSEHOLD,
        "同一监护人的另一名学生已匹配，这一户在名单上，学生本人未在其中", FAMILY_SIBLING,
        via=frozenset({Via.HOUSEHOLD}), number=frozenset({NumberAgreement.DIFFERENT}), validity=IN_FORCE,
        kin=frozenset({Kin.SIBLING_LISTED}),
    ),
    Rule(
        "guardian_number_shared", Decision.HOUSEHOLD_POSSIBLE,
        "监护人的证件号和姓名与名单一致，但名单中另有姓名不同的人用同一证件号", FAMILY_HOUSEHOLD_CHECKING,
        via=GUARDIAN, number=SAME, name=AGREES, sharing=IN_REGISTER,
    ),
    Rule(
        "guardian_validity", Decision.HOUSEHOLD_POSSIBLE,
        "监护人的证件号和姓名与名单一致，但名单上的有效期不在本学期或看不懂", FAMILY_HOUSEHOLD_CHECKING,
        via=GUARDIAN, number=SAME, name=AGREES, validity=frozenset(Validity) - IN_FORCE,
    ),
    Rule(
        "guardian_number_only", Decision.HOUSEHOLD_POSSIBLE,
        "监护人的证件号与名单一致，但姓名不同、空缺，或证件号通不过校验，请核实", FAMILY_HOUSEHOLD_CHECKING,
        via=GUARDIAN,
    ),
    Rule(
        "guardian_number_repaired", Decision.HOUSEHOLD_POSSIBLE,
        "监护人的姓名与名单一致或相近，有一方的证件号写错或不全，请核实", FAMILY_HOUSEHOLD_CHECKING,
        via=GUARDIAN, number=REPAIRED | OLD | PARTLY | TWO_SLIPS, name=AGREES | NEARLY,
    ),
)  # fmt: skip

BY_CODE = {rule.code: rule for rule in RULES}
"""For whoever kept a match by its rule's code and wants the sentences."""

STRENGTH = {rule.code: place for place, rule in enumerate(RULES)}


@lru_cache(maxsize=1 << 14)
def rule_for(agreement: Agreement) -> Rule | None:
    """The strongest rule that holds, None when nothing worth a person's look agrees."""
    return next((rule for rule in RULES if rule.holds(agreement)), None)


def explained(rule: Rule, agreement: Agreement) -> str:
    """The rule's sentence, and whatever else agreed or differed."""
    words = (word for word in agreement.evidence if word is not Sharing.NONE and word is not Validity.IN_FORCE)
    return "；".join([rule.officer, *(word.label for word in words if word.label not in rule.officer)])

"""The rules of 信息比对: one table, strongest first; the first row that holds decides.

Rules that bring people together by less than an equal number (near numbers, name and birth date, household) go
below the rows of their basis. ``certain`` stays with the three rows at the top.
"""

from dataclasses import dataclass

from portal.matching.agreement import Agreement, NameAgreement, NumberAgreement, Sharing, Validity
from portal.matching.people import GUARDIANS, Via
from portal.vocabulary import Decision

AGREES = frozenset({NameAgreement.EQUAL, NameAgreement.VARIANT, NameAgreement.FORMER})
NUMBERS_MEET = frozenset({NumberAgreement.SAME, NumberAgreement.UNVERIFIED})


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table; an empty condition means any."""

    code: str
    decision: Decision
    officer: str
    family: str
    via: frozenset[Via]
    number: frozenset[NumberAgreement] = NUMBERS_MEET
    name: frozenset[NameAgreement] = frozenset()
    validity: frozenset[Validity] = frozenset()
    sharing: frozenset[Sharing] = frozenset()

    @property
    def may_be_certain(self) -> bool:
        """Whether it may open a ledger row without a person looking."""
        return self.decision is Decision.CERTAIN

    def holds(self, agreement: Agreement) -> bool:
        """Every condition of the row is met."""
        return (
            agreement.via in self.via
            and agreement.number in self.number
            and (not self.name or agreement.name in self.name)
            and (not self.validity or agreement.validity in self.validity)
            and (not self.sharing or agreement.sharing in self.sharing)
        )


SELF = frozenset({Via.SELF})
GUARDIAN = frozenset(GUARDIANS)
SAME = frozenset({NumberAgreement.SAME})
IN_FORCE = frozenset({Validity.IN_FORCE})
NOT_SHARED = frozenset({Sharing.NONE})

FAMILY_SURE = "孩子的证件号和姓名与主管部门名单上的一致。"
FAMILY_HOUSEHOLD = "孩子监护人的证件号和姓名与主管部门名单上的一致。"
FAMILY_CHECKING = "主管部门名单上有与孩子相近的记录，工作人员正在核对，您不用交证明。"
FAMILY_HOUSEHOLD_CHECKING = "主管部门名单上有与孩子监护人相近的记录，工作人员正在核对，您不用交证明。"

RULES = (
    Rule(
        "number_name", Decision.CERTAIN,
        "证件号一致，姓名一致", FAMILY_SURE,
        via=SELF, number=SAME, name=frozenset({NameAgreement.EQUAL}), validity=IN_FORCE, sharing=NOT_SHARED,
    ),
    Rule(
        "number_name_variant", Decision.CERTAIN,
        "证件号一致，姓名是同一个字的不同写法，请订正", FAMILY_SURE,
        via=SELF, number=SAME, name=frozenset({NameAgreement.VARIANT}), validity=IN_FORCE, sharing=NOT_SHARED,
    ),
    Rule(
        "number_former_name", Decision.CERTAIN,
        "证件号一致，名单上用的是曾用名", "孩子的证件号和曾用名与主管部门名单上的一致。",
        via=SELF, number=SAME, name=frozenset({NameAgreement.FORMER}), validity=IN_FORCE, sharing=NOT_SHARED,
    ),
    Rule(
        "number_shared_in_roster", Decision.POSSIBLE,
        "证件号和姓名一致，但学籍中另有姓名不同的人(或本人的监护人)用同一证件号，请先核实号码是谁的", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, sharing=frozenset({Sharing.IN_ROSTER}),
    ),
    Rule(
        "number_shared_in_register", Decision.POSSIBLE,
        "证件号和姓名一致，但名单中另有姓名不同的人用同一证件号，请先核实号码是谁的", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, sharing=frozenset({Sharing.IN_REGISTER}),
    ),
    Rule(
        "validity_ended", Decision.POSSIBLE,
        "证件号和姓名一致，但名单上的有效期在本学期开始前已结束，请核实是否仍在册", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, validity=frozenset({Validity.ENDED}),
    ),
    Rule(
        "validity_unreadable", Decision.POSSIBLE,
        "证件号和姓名一致，但名单上的有效期止看不懂，请核实是否仍在册", FAMILY_CHECKING,
        via=SELF, number=SAME, name=AGREES, validity=frozenset({Validity.UNREADABLE}),
    ),
    Rule(
        "number_unverified", Decision.POSSIBLE,
        "证件号写法和姓名一致，但证件号本身通不过校验或须推断，请核实号码", FAMILY_CHECKING,
        via=SELF, number=frozenset({NumberAgreement.UNVERIFIED}), name=AGREES,
    ),
    Rule(
        "guardian_number_name", Decision.HOUSEHOLD,
        "监护人的证件号和姓名与名单一致，名单上这一条不是学生本人", FAMILY_HOUSEHOLD,
        via=GUARDIAN, number=SAME, name=AGREES, validity=IN_FORCE, sharing=NOT_SHARED,
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
        "guardian_number_shared", Decision.HOUSEHOLD_POSSIBLE,
        "监护人的证件号和姓名与名单一致，但名单中另有姓名不同的人用同一证件号", FAMILY_HOUSEHOLD_CHECKING,
        via=GUARDIAN, number=SAME, name=AGREES, sharing=frozenset({Sharing.IN_REGISTER}),
    ),
    Rule(
        "guardian_validity", Decision.HOUSEHOLD_POSSIBLE,
        "监护人的证件号和姓名与名单一致，但名单上的有效期已结束或看不懂", FAMILY_HOUSEHOLD_CHECKING,
        via=GUARDIAN, number=SAME, name=AGREES, validity=frozenset({Validity.ENDED, Validity.UNREADABLE}),
    ),
    Rule(
        "guardian_number_only", Decision.HOUSEHOLD_POSSIBLE,
        "监护人的证件号与名单一致，但姓名不同、空缺，或证件号通不过校验，请核实", FAMILY_HOUSEHOLD_CHECKING,
        via=GUARDIAN,
    ),
)  # fmt: skip

BY_CODE = {rule.code: rule for rule in RULES}
"""For whoever kept a match by its rule's code and wants the sentences."""

STRENGTH = {rule.code: place for place, rule in enumerate(RULES)}


def rule_for(agreement: Agreement) -> Rule | None:
    """The strongest rule that holds, None when nothing worth a person's look agrees."""
    return next((rule for rule in RULES if rule.holds(agreement)), None)

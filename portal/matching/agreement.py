"""How far the two sides of a pair agree: the only thing the rules see."""

from dataclasses import dataclass
from datetime import date

from portal.matching.people import Pair, Via
from portal.privacy.names import damaged, name_key, variant_spelling
from portal.privacy.resident_id import NumberReading, read_number
from portal.vocabulary import Labelled

_STOPGAPS = """
无 无名 无名氏 未知 未填 未填写 未取名 未命名 未起名 不详 不明 暂无 暂缺
none null nan na n/a #n/a
"""
NO_NAMES = frozenset(_STOPGAPS.split())
"""What stands in the place of a name, as ``name_key`` folds it."""


class NumberAgreement(Labelled):
    """证件号; only ``same`` rests on two numbers whose own check holds after lossless repair."""

    SAME = "number_same", "证件号一致"
    UNVERIFIED = "number_unverified", "证件号写法一致但本身通不过校验"
    DIFFERENT = "number_different", "证件号不同"


class NameAgreement(Labelled):
    """姓名."""

    EQUAL = "name_equal", "姓名一致"
    VARIANT = "name_variant", "姓名是同一个字的不同写法"
    FORMER = "name_former", "曾用名一致"
    MISSING = "name_missing", "姓名空缺或损坏"
    DIFFERENT = "name_different", "姓名不同"


class Validity(Labelled):
    """The entry's 有效期 beside the first day of the term."""

    IN_FORCE = "in_force", "在有效期内"
    ENDED = "ended", "有效期已过"
    UNREADABLE = "validity_unreadable", "有效期看不懂"


class Sharing(Labelled):
    """Whether somebody of another name goes by the same number; known only when all pairs are seen together."""

    NONE = "not_shared", "号码没有他人使用"
    IN_ROSTER = "shared_in_roster", "学籍中另有他人用同一号码"
    IN_REGISTER = "shared_in_register", "名单中另有他人用同一号码"


@dataclass(frozen=True, slots=True)
class Agreement:
    """One of a few hundred possible findings about a pair; the rules are a function of it and of nothing else."""

    via: Via
    number: NumberAgreement
    name: NameAgreement
    validity: Validity = Validity.IN_FORCE
    sharing: Sharing = Sharing.NONE

    @property
    def contradicts(self) -> bool:
        """True when one number stands for two names, which spoils certainty for both."""
        return self.number is not NumberAgreement.DIFFERENT and self.name is NameAgreement.DIFFERENT

    @property
    def evidence(self) -> tuple[Labelled, ...]:
        """What agreed and what did not, in the order a person would check it."""
        return (self.number, self.name, self.validity, self.sharing)


def compare(pair: Pair, day: date) -> Agreement:
    """Compare the two sides as of ``day``, the first day of the term matched for."""
    return Agreement(
        via=pair.via,
        number=compare_numbers(
            read_number(pair.number, pair.number_type, day), read_number(pair.register.number, day=day)
        ),
        name=compare_names(pair.name, pair.former_name, pair.register.name),
        validity=validity(pair.register.valid_to, pair.register.valid_to_unreadable, day),
    )


def compare_numbers(one: NumberReading, other: NumberReading) -> NumberAgreement:
    """A number that could not be read (masked, dummy, empty) is like no other."""
    if not one.value or one.value != other.value:
        return NumberAgreement.DIFFERENT
    return NumberAgreement.SAME if one.certain and other.certain else NumberAgreement.UNVERIFIED


def compare_names(name: str, former_name: str, other: str) -> NameAgreement:
    """Names of people already brought together; a damaged name (?, □, *) or a stopgap (不详) is as good as none."""
    if _unusable(name) or _unusable(other):
        return NameAgreement.MISSING
    if name_key(name) == name_key(other):
        return NameAgreement.VARIANT if variant_spelling(name, other) else NameAgreement.EQUAL
    if not _unusable(former_name) and name_key(former_name) == name_key(other):
        return NameAgreement.FORMER
    return NameAgreement.DIFFERENT


def validity(valid_to: date | None, unreadable: bool, day: date) -> Validity:
    """The last day itself still counts."""
    if unreadable:
        return Validity.UNREADABLE
    return Validity.ENDED if valid_to is not None and valid_to < day else Validity.IN_FORCE


def _unusable(name: str) -> bool:
    key = name_key(name)
    return key in NO_NAMES or not any(map(str.isalpha, key)) or damaged(name) is not None

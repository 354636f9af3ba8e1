"""How far the two sides of a pair agree: the only thing the rules see."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portal.matching.number_agreement import (
    NumberAgreement,
    WrittenNumber,
    compare_numbers,
    cut_short,
    written_number,
)
from portal.matching.people import Kin, Pair, RegisterPerson, RosterPerson, Via
from portal.privacy.name_likeness import damage_fits, looks_alike, one_character_apart, sounds_alike, surname_changed
from portal.privacy.names import damaged, name_key, variant_spelling
from portal.privacy.resident_id import birth_date_of, sex_of
from portal.vocabulary import Labelled

_STOPGAPS = """
无 无名 无名氏 未知 未填 未填写 未取名 未命名 未起名 不详 不明 暂无 暂缺
none null nan na n/a #n/a
"""
NO_NAMES = frozenset(_STOPGAPS.split())
"""What stands in the place of a name, as ``name_key`` folds it."""


class NameAgreement(Labelled):
    """姓名, the nearest first."""

    EQUAL = "name_equal", "姓名一致"
    VARIANT = "name_variant", "姓名是同一个字的不同写法"
    FORMER = "name_former", "曾用名一致"
    SOUND = "name_sound", "姓名同音或近音"
    SHAPE = "name_shape", "姓名有一个形近字"
    FITS = "name_fits", "姓名有一方残缺，其余的字相符"
    SURNAME = "name_surname", "名相同，姓不同"
    ONE_CHARACTER = "name_one_character", "姓名差一个字"
    MISSING = "name_missing", "姓名空缺或损坏"
    DIFFERENT = "name_different", "姓名不同"


class BirthAgreement(Labelled):
    """The roster's own 出生日期 and 性别 beside what the number, or the entry's number, says.

    A sex that differs is only remarked: it is mistyped more often than it tells anything.
    """

    AGREES = "birth_agrees", "出生日期一致"
    UNKNOWN = "birth_unknown", "没有可比的出生日期"
    DATE_DIFFERS = "birth_differs", "学籍上的出生日期与证件号不符"
    SEX_DIFFERS = "sex_differs", "学籍上的性别与证件号不符"


class PlaceAgreement(Labelled):
    """The division of number or 户口所在地 beside that of number or 县区代码."""

    SAME = "place_same", "县区一致"
    UNKNOWN = "place_unknown", "没有可比的县区"
    DIFFERENT = "place_different", "县区不同"


class Validity(Labelled):
    """The entry's 有效期 beside the term."""

    IN_FORCE = "in_force", "在有效期内"
    ENDED = "ended", "有效期已过"
    NOT_BEGUN = "not_begun", "有效期在学期结束之后才开始"
    UNREADABLE = "validity_unreadable", "有效期看不懂"


class Sharing(Labelled):
    """Whether somebody else goes by the same number; known only when all pairs are seen together."""

    NONE = "not_shared", "号码没有他人使用"
    TWICE_IN_ROSTER = "twice_in_roster", "学籍中有两条记录是这个号码和姓名"
    IN_ROSTER = "shared_in_roster", "学籍中另有他人用同一号码"
    IN_REGISTER = "shared_in_register", "名单中另有他人用同一号码"


AGREES = frozenset({NameAgreement.EQUAL, NameAgreement.VARIANT, NameAgreement.FORMER})
NUMBERS_MEET = frozenset({NumberAgreement.SAME, NumberAgreement.UNVERIFIED})
NUMBERS_OF_KIN = frozenset({Kin.GUARDIANS_NUMBER, Kin.SIBLINGS_NUMBER})
SOMEBODY_ELSE = frozenset({NameAgreement.SURNAME, NameAgreement.ONE_CHARACTER, NameAgreement.DIFFERENT})


@dataclass(frozen=True, slots=True)
class Agreement:
    """One of some thousand possible findings about a pair; the rules are a function of it and of nothing else."""

    via: Via
    number: NumberAgreement
    name: NameAgreement
    validity: Validity = Validity.IN_FORCE
    sharing: Sharing = Sharing.NONE
    birth: BirthAgreement = BirthAgreement.UNKNOWN
    place: PlaceAgreement = PlaceAgreement.UNKNOWN
    kin: Kin = Kin.NONE

    @property
    def contradicts(self) -> bool:
        """True when one number stands for two names, which spoils certainty for both."""
        return self.number in NUMBERS_MEET and self.name in SOMEBODY_ELSE

    @property
    def agrees(self) -> bool:
        """The number is equal, verified, and the name agrees: whoever this is, the two sides mean one person."""
        return self.number is NumberAgreement.SAME and self.name in AGREES

    @property
    def number_alone(self) -> bool:
        """The number is the same and the name another altogether."""
        return self.number in NUMBERS_MEET and self.name is NameAgreement.DIFFERENT

    @property
    def ours_cut(self) -> bool:
        """The pupil's number holds, and may be the entry's all the same, cut by Excel."""
        return self.number is NumberAgreement.OURS_CUT

    @property
    def explains(self) -> bool:
        """The pupil's own name beside a number of the family says whom the entry means."""
        return self.kin in NUMBERS_OF_KIN and self.via is Via.SELF and self.name in AGREES

    @property
    def evidence(self) -> tuple[Labelled, ...]:
        """What agreed and what did not, in the order a person would check it; what could not be compared is left out.

        A household alone has compared nothing of the child.
        """
        if self.via is Via.HOUSEHOLD:
            return (self.kin, self.validity, self.sharing)
        birth = () if self.birth is BirthAgreement.UNKNOWN else (self.birth,)
        place = () if self.place is PlaceAgreement.UNKNOWN or self.number in NUMBERS_MEET else (self.place,)
        kin = () if self.kin is Kin.NONE else (self.kin,)
        return (self.number, self.name, *birth, *place, *kin, self.validity, self.sharing)


def compare(pair: Pair, day: date) -> Agreement:
    """Compare the two sides as of ``day``, the first day of the term matched for."""
    pupil, entry = pair.roster, pair.register
    in_time = validity(entry.valid_to, entry.valid_to_unreadable, day, entry.valid_from)
    if pair.via is Via.HOUSEHOLD:
        return Agreement(pair.via, NumberAgreement.DIFFERENT, NameAgreement.DIFFERENT, in_time, kin=pair.kin)
    one = written_number(pair.number, pair.number_type, day)
    other = written_number(entry.number, None, day)
    of_child = pair.via is Via.SELF
    number, name = compare_numbers(one, other), compare_names(pair.name, pair.former_name, entry.name)
    if of_child and number is NumberAgreement.DIFFERENT:
        doubted = NumberAgreement.DOUBTED if born_otherwise(pupil, one) else number
        number = (cut_short(one, other) if name in AGREES else None) or doubted
    return Agreement(
        via=pair.via,
        number=number,
        name=name,
        validity=in_time,
        birth=compare_births(pupil, other, cut=number is NumberAgreement.THEIRS_CUT)
        if of_child
        else BirthAgreement.UNKNOWN,
        place=compare_places(pupil, one, entry, other) if of_child else PlaceAgreement.UNKNOWN,
        kin=pair.kin,
    )


@lru_cache(maxsize=1 << 16)
def compare_names(name: str, former_name: str, other: str) -> NameAgreement:
    """Names of people already brought together; a stopgap (不详) and a name of which nothing is left is none."""
    if _unusable(name) or _unusable(other):
        return NameAgreement.FITS if damage_fits(name, other) else NameAgreement.MISSING
    if name_key(name) == name_key(other):
        return NameAgreement.VARIANT if variant_spelling(name, other) else NameAgreement.EQUAL
    if not _unusable(former_name) and name_key(former_name) == name_key(other):
        return NameAgreement.FORMER
    return next((found for found, alike in _LIKENESS if alike(name, other)), NameAgreement.DIFFERENT)


_LIKENESS = (
    (NameAgreement.SOUND, sounds_alike),
    (NameAgreement.SHAPE, looks_alike),
    (NameAgreement.SURNAME, surname_changed),
    (NameAgreement.ONE_CHARACTER, one_character_apart),
)


def compare_births(pupil: RosterPerson, listed: WrittenNumber, *, cut: bool) -> BirthAgreement:
    """What the roster writes beside what the entry's number says, as far as that can be read; zeros tell no sex."""
    if not listed.certain:
        return BirthAgreement.UNKNOWN
    born, sex = birth_date_of(listed.value), sex_of(listed.value)
    if pupil.birth_date and born and pupil.birth_date != born:
        return BirthAgreement.DATE_DIFFERS
    if pupil.sex and sex and pupil.sex is not sex and not cut:
        return BirthAgreement.SEX_DIFFERS
    return BirthAgreement.AGREES if pupil.birth_date and born else BirthAgreement.UNKNOWN


def born_otherwise(pupil: RosterPerson, own: WrittenNumber) -> bool:
    """The roster says another birth date than the number beside it, which may be a brother's then."""
    born = birth_date_of(own.value) if own.certain else None
    return bool(born and pupil.birth_date and born != pupil.birth_date)


def compare_places(
    pupil: RosterPerson, own: WrittenNumber, entry: RegisterPerson, listed: WrittenNumber
) -> PlaceAgreement:
    """One place in common is enough: families move, and numbers keep the first one."""
    ours, theirs = own.places(pupil.division), listed.places(entry.county)
    if not ours or not theirs:
        return PlaceAgreement.UNKNOWN
    return PlaceAgreement.DIFFERENT if ours.isdisjoint(theirs) else PlaceAgreement.SAME


def validity(valid_to: date | None, unreadable: bool, day: date, valid_from: date | None = None) -> Validity:
    """The last day itself still counts, and so does an entry that begins within the term; what ends before it begins
    says nothing."""
    if unreadable or (valid_to is not None and valid_from is not None and valid_to < valid_from):
        return Validity.UNREADABLE
    if valid_to is not None and valid_to < day:
        return Validity.ENDED
    return Validity.NOT_BEGUN if valid_from is not None and valid_from > last_day_of_term(day) else Validity.IN_FORCE


def last_day_of_term(day: date) -> date:
    """Autumn ends with January, spring with August."""
    if day.month >= 9:
        return date(day.year + 1, 1, 31)
    return date(day.year, 1, 31) if day.month == 1 else date(day.year, 8, 31)


def _unusable(name: str) -> bool:
    key = name_key(name)
    return key in NO_NAMES or not any(map(str.isalpha, key)) or damaged(name) is not None

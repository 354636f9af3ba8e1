"""What a rule may look at: a pupil of a roster, an entry of a register, and the two brought together."""

from dataclasses import dataclass
from datetime import date

from portal.vocabulary import Basis, Labelled, Sex

RowId = int | str


class Via(Labelled):
    """Whose number on the roster side brought the two together."""

    SELF = "self", "本人"
    GUARDIAN_1 = "guardian_1", "监护人1"
    GUARDIAN_2 = "guardian_2", "监护人2"
    HOUSEHOLD = "household", "同户"

    @property
    def basis(self) -> Basis:
        """依据 as lists show it: which of two guardians it was does not matter there."""
        return Basis.GUARDIAN if self in GUARDIANS else Basis(self.value)


class Kin(Labelled):
    """What the family says of a pair, where the numbers do not bring the two together."""

    NONE = "no_kin", "与家人无关"
    SAME_HOUSEHOLD = "same_household", "监护人或兄弟姐妹在名单的同一户"
    GUARDIANS_NUMBER = "guardians_number", "名单上写的是监护人的证件号"
    SIBLINGS_NUMBER = "siblings_number", "名单上写的是同一监护人的另一名学生的证件号"
    STRANGERS_NUMBER = "strangers_number", "名单上写的是另一名学生的证件号"
    SIBLING_LISTED = "sibling_listed", "同一监护人的另一名学生已匹配"


GUARDIANS = (Via.GUARDIAN_1, Via.GUARDIAN_2)


@dataclass(frozen=True, slots=True)
class Guardian:
    """监护人; empty texts where the roster is silent."""

    name: str = ""
    number: str = ""


NOBODY = Guardian()


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """A pupil as the roster (学籍) has it; numbers as written or already repaired, both read the same."""

    id: RowId
    name: str
    number: str = ""
    number_type: str | None = None
    former_name: str = ""
    guardian_1: Guardian = NOBODY
    guardian_2: Guardian = NOBODY
    birth_date: date | None = None
    sex: Sex | None = None
    division: str = ""
    """户口所在地行政区划码."""

    @property
    def guardians(self) -> tuple[tuple[Via, Guardian], ...]:
        """Both, with the way each is named."""
        return (Via.GUARDIAN_1, self.guardian_1), (Via.GUARDIAN_2, self.guardian_2)


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """An entry of a register (困难群体名单); ``valid_to`` is its last day, None when it has no end."""

    id: RowId
    name: str
    number: str = ""
    valid_to: date | None = None
    valid_to_unreadable: bool = False
    valid_from: date | None = None
    household: str = ""
    """户编号, unique within the county."""
    county: str = ""
    """县区代码."""
    category: str = ""
    """困难类别, as a code or as the register words it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pupil and an entry worth judging, and through whom they met."""

    roster: RosterPerson
    register: RegisterPerson
    via: Via
    kin: Kin = Kin.NONE

    @property
    def name(self) -> str:
        """Of the one on the roster side who was compared: the pupil or a guardian."""
        return self._compared.name

    @property
    def number(self) -> str:
        """Of the one on the roster side who was compared: the pupil or a guardian."""
        return self._compared.number

    @property
    def number_type(self) -> str | None:
        """身份证件类型 is asked of pupils only."""
        return None if self.via in GUARDIANS else self.roster.number_type

    @property
    def former_name(self) -> str:
        """曾用名 is asked of pupils only."""
        return "" if self.via in GUARDIANS else self.roster.former_name

    @property
    def _compared(self) -> RosterPerson | Guardian:
        if self.via is Via.GUARDIAN_1:
            return self.roster.guardian_1
        if self.via is Via.GUARDIAN_2:
            return self.roster.guardian_2
        return self.roster

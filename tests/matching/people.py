"""The people of the journeys, as the engine sees them."""

from datetime import date
from itertools import count

from portal.matching.people import Guardian, RegisterPerson, RosterPerson

TERM_START = date(2026, 9, 1)

XIAOYU, XIAOYU_NUMBER = "王小雨", "329901201603050015"
XIAOCHUAN, XIAOCHUAN_NUMBER = "王小川", "329901201809170039"
AYGUL, AYGUL_NUMBER = "阿依古丽·买买提", "329901200906200047"
LI_DI, LI_DI_NUMBER = "李𬱖", "329901200702140054"
SUN_AN, SUN_AN_NUMBER = "孙安", "329901201408080075"
ZHOU_XIAO, ZHOU_XIAO_NUMBER = "周晓", "32990120130206005X"
CUT_NUMBER, WHOLE_NUMBER = "329901201607056000", "329901201607056131"
"""What Excel leaves of the second is the first; both hold."""
MOTHER, MOTHER_NUMBER = "王丽", "329901198802020025"

_ids = count(1)


def a_pupil(name: str = XIAOYU, number: str = XIAOYU_NUMBER, **rest: object) -> RosterPerson:
    return RosterPerson(id=next(_ids), name=name, number=number, **rest)  # type: ignore[arg-type]


def an_entry(name: str = XIAOYU, number: str = XIAOYU_NUMBER, **rest: object) -> RegisterPerson:
    return RegisterPerson(id=next(_ids), name=name, number=number, **rest)  # type: ignore[arg-type]


def a_guardian(name: str = MOTHER, number: str = MOTHER_NUMBER) -> Guardian:
    return Guardian(name, number)

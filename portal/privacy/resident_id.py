"""身份证件号: parse, repair what can be repaired without loss, and say what is wrong with the rest.

The division is not looked up: 3299xx and 4199xx are not allotted and have to pass. Only the province is checked.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from stdnum.cn import ric

from portal.privacy.characters import DASHES, NO_INVISIBLE
from portal.privacy.document_types import LOOKS_LIKE, RENEWED_PERMIT, DocumentType, NumberKind, declared_type
from portal.vocabulary import Sex


@dataclass(frozen=True)
class NumberReading:
    """What a cell said; ``problem`` without ``value`` is a refusal, with ``value`` a case for a person."""

    value: str
    kind: NumberKind
    repairs: tuple[str, ...] = ()
    problem: str | None = None
    certain: bool = False


_EXCEL_ZEROS = "疑似被Excel改坏（后三位变000），请把该列设为文本"
_LONGEST = 64
_LEFT_EMPTY = re.compile(r"(?:无|没|暂|未|不详|空|待|缺)\D{0,8}|N/?A|#N/A|NONE|NULL|NAN|[-—/\\.]*")

# Texts that are no number of a document at all, read top to bottom.
_UNUSABLE = (
    (
        re.compile(r"(\d)\1*X?|123456789\d*"),
        NumberKind.DUMMY,
        "这是占位数字，不是证件号，已当作没有填写；请填真实号码，没有证件就留空",
    ),
    (
        re.compile(r"\d(?:\.\d*)?E\+?\d{2,3}"),
        NumberKind.DAMAGED,
        "疑似被Excel改坏（变成科学计数法，后面的数字已丢失），请把该列设为文本后重新填写",
    ),
    (
        re.compile(r"\d{16,}\.0+"),
        NumberKind.DAMAGED,
        "疑似被Excel改坏（当作数值保存，末尾的数字已不可靠），请把该列设为文本后重新填写",
    ),
    (
        re.compile(r"\d{15}0{5}"),
        NumberKind.DAMAGED,
        "疑似被Excel改坏（后五位变00000），请把该列设为文本",
    ),
    (
        re.compile(r".*\d.*[*●•○?#█■_].+|.*[*●•○?#█■_]{2,}.*|.*\d[X×]{3,}.*"),
        NumberKind.MASKED,
        "号码被打码（中间是*等符号），不能用来比对，请提供完整号码",
    ),
    (
        re.compile(r"999\d{15}"),
        NumberKind.DUMMY,
        "这是学校编的临时号（999开头），不是证件号；办到身份证后请补填",
    ),
    (
        re.compile(r"1[3-9]\d{9}"),
        NumberKind.UNREADABLE,
        "这是手机号码，不是证件号，请检查是否错列",
    ),
    (
        re.compile(r"[GL]\d{17}[\dX]"),
        NumberKind.UNREADABLE,
        "这是学籍号（G或L开头），不是证件号，请填身份证件号",
    ),
)

# What to say of the rest, read top to bottom; the last row fits everything.
_UNREADABLE = (
    (re.compile(r"[0-9]{17}"), "只有17位，末位可能漏了X，请对照户口簿或身份证补全"),
    (re.compile(r"[0-9]{0,16}"), "只有{n}位，应为18位，请对照户口簿或身份证补全"),
    (re.compile(r"[0-9X]{20}"), "20位号码的最后两位不是残疾类别（1-7）和等级（1-4），请核对残疾人证号"),
    (re.compile(r"[0-9X]{19,}"), "多了{over}位，应为18位，请核对"),
    (re.compile(r"(?=.*[OIL])[0-9OIL]{17}[0-9XOIL]"), "号码里有字母O、I或L，可能是数字0或1，请核对后改成数字"),
    (re.compile(r".*", re.DOTALL), "不是可以识别的证件号，请核对号码和身份证件类型"),
)

RESIDENT_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")
"""Eighteen places, with a birth date in the middle; whether it is one, only the reading says."""

_EIGHTEEN = re.compile(r"\d{17}[\dX×*✕✖╳ХΧ]", re.ASCII)
_CERTIFICATE = re.compile(r"(\d{17}[\dX×*✕✖╳ХΧ])([1-7][1-4])(?:B\d{1,2})?", re.ASCII)  # B1, B2 … = 补办
_BEGIN_WITH = (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71)
PROVINCES = frozenset(map(str, _BEGIN_WITH))
PERMITS = frozenset(("81", "82", "83"))
"""By which numbers of residents, and of permits of those from 港澳台, begin."""
_WHOLE = re.compile(r"^([0-9]{1,15})\.0+$")  # up to 15 digits a spreadsheet's number is exact
_EDGES = "='\"\u2018\u2019\u201c\u201d` ,;:、。."
_BRACKETS = str.maketrans("", "", "()[]")
_NO_DASHES = str.maketrans("", "", DASHES)
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def read_number(text: str | None, id_type: str | None = None, day: date | None = None) -> NumberReading:
    """``day`` is the last day a birth may fall on; left out, today in Shanghai. Never raises, never guesses."""
    day = day or datetime.now(_SHANGHAI).date()
    if text and RESIDENT_NUMBER.fullmatch(text):
        reading = _eighteen(text, [], day)
        if reading.certain:
            return reading
    number, repairs = tidied_number(text or "")
    if _LEFT_EMPTY.fullmatch(number):
        return NumberReading("", NumberKind.EMPTY)
    if len(number) > _LONGEST:
        return NumberReading("", NumberKind.UNREADABLE, problem=_why_unreadable(number))
    for pattern, kind, sentence in _UNUSABLE:
        if pattern.fullmatch(number):
            return NumberReading("", kind, problem=sentence)
    document = declared_type(id_type)
    found = _resident(number, repairs, day)
    if document and document.shape and not (found and found.certain):
        return _by_shape(number, document, document.shape, repairs, found)
    return found or _by_likeness(number, repairs)


def check_digit_of(first17: str) -> str:
    """The 18th character, 0-9 or X (GB 11643, ISO 7064 MOD 11-2)."""
    return ric.calc_check_digit(first17 + "0")


def birth_date_of(value: str) -> date | None:
    """None for a 15-digit number: its century would be a guess."""
    if not RESIDENT_NUMBER.fullmatch(value):
        return None
    try:
        return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None


def sex_of(value: str) -> Sex | None:
    """By the 17th digit, odd for male."""
    if not RESIDENT_NUMBER.fullmatch(value):
        return None
    return Sex.MALE if int(value[16]) % 2 else Sex.FEMALE


def division_of(value: str) -> str | None:
    """The six digits of the place of first registration: neither today's hukou nor necessarily still a division."""
    return value[:6] if RESIDENT_NUMBER.fullmatch(value) and value[0] != "9" else None


def tidied_number(text: str) -> tuple[str, list[str]]:
    """The number without what surrounds it, and the lossless repairs that were made, each in words."""
    if text.isascii() and text.isalnum() and text == text.upper():
        return text, []
    repairs: list[str] = []

    def step(before: str, after: str, sentence: str) -> str:
        if after != before:
            repairs.append(sentence)
        return after

    number = step(text, text.translate(NO_INVISIBLE), "去掉了看不见的字符")
    number = step(number, "".join(number.split()), "去掉了空格")
    number = step(number, unicodedata.normalize("NFKC", number), "全角字符改为半角")
    number = step(number, number.upper(), "小写字母改为大写")
    if any(mark.isdigit() for mark in number):
        number = step(number, number.translate(_BRACKETS), "去掉了括号")
        number = step(number, number.translate(_NO_DASHES), "去掉了连字符")
    number = step(number, number.strip(_EDGES), "去掉了前后的引号或标点")
    return step(number, _WHOLE.sub(r"\1", number), "去掉了小数点后的0"), repairs


def _resident(number: str, repairs: list[str], day: date) -> NumberReading | None:
    """The reading of an 18-digit number, a 20-digit certificate or a 15-digit number; None for anything else."""
    certificate = _CERTIFICATE.fullmatch(number)
    if certificate:
        reading = _eighteen(certificate[1], repairs, day)
        if reading.problem:
            return reading
        repairs = [*reading.repairs, "残疾人证号取前18位身份证号，后面是类别和等级"]
        return NumberReading(reading.value, NumberKind.DISABILITY_CERTIFICATE, tuple(repairs), certain=True)
    if _EIGHTEEN.fullmatch(number):
        return _eighteen(number, repairs, day)
    if len(number) == 15 and number.isascii() and number.isdigit():
        sentence = "15位旧号码不能自动补成18位（出生世纪和校验位会是猜的），请对照户口簿填写18位号码"
        return NumberReading(number, NumberKind.OLD_RESIDENT, tuple(repairs), sentence)
    return None


def _eighteen(number: str, repairs: list[str], day: date) -> NumberReading:
    expected = check_digit_of(number[:17])
    if expected == "X" and number[17] not in "0123456789X":
        number = number[:17] + "X"
        repairs = [*repairs, "末位的×或*改为X（与校验位相符）"]
    if number[17] != expected and number.endswith("000"):
        return NumberReading("", NumberKind.DAMAGED, problem=_EXCEL_ZEROS)
    kind = _kind_by_division(number)
    problem = _what_is_wrong(number, kind, expected, day)
    if problem or kind is None:
        return NumberReading("", NumberKind.UNREADABLE, problem=problem)
    return NumberReading(number, kind, tuple(repairs), certain=True)


def _kind_by_division(number: str) -> NumberKind | None:
    if number[:2] in PROVINCES:
        return NumberKind.RESIDENT
    if number[:2] in PERMITS:
        return NumberKind.RESIDENCE_PERMIT
    return NumberKind.FOREIGN_RESIDENT if number[0] == "9" and number[:3] != "999" else None


def _what_is_wrong(number: str, kind: NumberKind | None, expected: str, day: date) -> str | None:
    if kind is None:
        return "号码开头两位不是省份代码，请对照户口簿或身份证核对"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "号码第7至14位不是一个真实的日期，请对照户口簿或身份证核对"
    if born > day:
        return "号码里的出生日期晚于今天，请对照户口簿或身份证核对"
    if born.year < 1900:
        return "号码里的出生日期早于1900年，请对照户口簿或身份证核对"
    if number[17] not in "0123456789X":
        return "末位的符号不能还原（按前17位算出的校验位不是X），请填写完整号码"
    if number[17] != expected:
        return "校验位不对（至少有一位写错），请对照户口簿或身份证核对后重新填写"
    return None


def _by_shape(
    number: str, document: DocumentType, shape: re.Pattern[str], repairs: list[str], found: NumberReading | None
) -> NumberReading:
    if found and found.kind is NumberKind.DAMAGED:
        return found
    if not shape.fullmatch(number):
        sentence = f"号码与所填的证件类型（{document.kind.label}）不符，请核对证件类型和号码"
        return found or NumberReading("", NumberKind.UNREADABLE, problem=sentence)
    return _kept(number, document.kind, repairs, None)


def _by_likeness(number: str, repairs: list[str]) -> NumberReading:
    for kind, shape in LOOKS_LIKE:
        if shape.fullmatch(number):
            sentence = f"号码像{kind.label}的号码，请填写或改正身份证件类型；核实之前不作为确定匹配"
            return _kept(number, kind, repairs, sentence)
    return NumberReading("", NumberKind.UNREADABLE, problem=_why_unreadable(number))


def _kept(number: str, kind: NumberKind, repairs: list[str], problem: str | None) -> NumberReading:
    renewed = RENEWED_PERMIT.fullmatch(number) if kind is NumberKind.PERMIT else None
    if renewed:
        number = renewed[1]
        repairs = [*repairs, "去掉了换证次数，保留终身不变的号码"]
    certain = problem is None and kind is not NumberKind.OTHER
    return NumberReading(number, kind, tuple(repairs), problem, certain)


def _why_unreadable(number: str) -> str:
    """The first row whose pattern the number fits."""
    return next(
        sentence.format(n=len(number), over=len(number) - 18)
        for pattern, sentence in _UNREADABLE
        if pattern.fullmatch(number)
    )

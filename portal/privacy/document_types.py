"""身份证件类型: the codes of the roster, their usual names, and what a number of each looks like."""

import re
from dataclasses import dataclass
from functools import lru_cache

from portal.vocabulary import Labelled


class NumberKind(Labelled):
    """What a number was taken for, whatever its column says."""

    RESIDENT = "resident", "居民身份证"
    DISABILITY_CERTIFICATE = "disability_certificate", "残疾人证"
    RESIDENCE_PERMIT = "residence_permit", "港澳台居民居住证"
    FOREIGN_RESIDENT = "foreign_resident", "外国人永久居留身份证"
    PERMIT = "permit", "港澳台通行证或身份证明"
    PASSPORT = "passport", "护照"
    OTHER = "other", "其他证件"
    OLD_RESIDENT = "old_resident", "15位旧身份证"
    EMPTY = "empty", "未填写"
    DUMMY = "dummy", "占位号码"
    MASKED = "masked", "打码号码"
    DAMAGED = "damaged", "被表格软件改坏"
    UNREADABLE = "unreadable", "不能识别"


@dataclass(frozen=True)
class DocumentType:
    """One row of 身份证件类型; without a shape its number is read as an 18-digit one."""

    kind: NumberKind
    code: str
    words: tuple[str, ...]
    shape: re.Pattern[str] | None = None


_TRAVEL = r"[HM][0-9]{8}(?:[0-9]{2})?"

# Read top to bottom, the first row whose word is in the column's text.
DOCUMENT_TYPES = (
    DocumentType(NumberKind.DISABILITY_CERTIFICATE, "", ("残疾",)),
    DocumentType(NumberKind.FOREIGN_RESIDENT, "9", ("永久居",), re.compile(r"[A-Z]{3}[0-9]{12}")),
    DocumentType(NumberKind.RESIDENCE_PERMIT, "", ("居住证",)),
    DocumentType(NumberKind.PERMIT, "", ("港澳",), re.compile(_TRAVEL)),
    DocumentType(NumberKind.PERMIT, "8", ("台湾", "台胞"), re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]?")),
    DocumentType(
        NumberKind.PERMIT, "6", ("香港",), re.compile(rf"{_TRAVEL}|[A-Z]{{1,2}}[0-9]{{6}}[0-9A]|[HK][A-Z]?[0-9]{{7,8}}")
    ),
    DocumentType(NumberKind.PERMIT, "7", ("澳门",), re.compile(rf"{_TRAVEL}|[157][0-9]{{7}}|M[A-Z]?[0-9]{{7,8}}")),
    DocumentType(NumberKind.PASSPORT, "A", ("护照",), re.compile(r"(?=[A-Z]*[0-9])[A-Z0-9]{6,12}")),
    DocumentType(NumberKind.RESIDENT, "1", ("身份证", "户口")),
    DocumentType(NumberKind.OTHER, "Z", ("其他", "其它"), re.compile(r"[!-~\u4e00-\u9fff]{1,40}")),
)

# Without a declared type these are only a likeness: kept, and shown to a person.
LOOKS_LIKE = (
    (NumberKind.PERMIT, re.compile(_TRAVEL)),
    (NumberKind.PASSPORT, re.compile(r"[A-Z]{1,2}[0-9]{7,8}")),
    (NumberKind.FOREIGN_RESIDENT, re.compile(r"[A-Z]{3}[0-9]{12}")),
)

RENEWED_PERMIT = re.compile(r"([HM][0-9]{8})[0-9]{2}")
"""通行证: the first nine characters are for life, the last two count the renewals."""

_BY_CODE = {row.code: row for row in DOCUMENT_TYPES if row.code}
_LEADING_CODE = re.compile(r"0?([16789AZ])(?![0-9A-Z])")


@lru_cache(maxsize=256)
def declared_type(id_type: str | None) -> DocumentType | None:
    """The row for 「1」, 「01」, 「1-居民身份证」 or a name; an unknown document counts as 其他."""
    text = (id_type or "").strip().upper()
    if not text:
        return None
    code = _LEADING_CODE.match(text)
    if code:
        return _BY_CODE[code[1]]
    return next((row for row in DOCUMENT_TYPES if any(word in text for word in row.words)), _BY_CODE["Z"])

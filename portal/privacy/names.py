"""姓名: the roster's writing is stored and printed; keys are only for comparing, and damage is named."""

import re
import unicodedata
from importlib.resources import files

from portal.privacy.characters import DASHES, DOTS, NO_INVISIBLE

# 异体字 and spellings that OpenCC's table leaves alone, as one simplified form each.
_VARIANTS = {"锺": "钟", "馀": "余", "囯": "国", "𬍛": "𤩽"}

# Surnames that one family is registered under both ways since the second simplification of 1977; first character only.
_SURNAMES = str.maketrans({"肖": "萧", "闫": "阎", "付": "傅", "代": "戴", "兰": "蓝", "邱": "丘", "占": "詹"})

_SUFFIX = re.compile(r"(?<=..)[(\[【〔<《].*$", re.DOTALL)  # 王小雨(大), but not 李(由页), a character described

# Kept inside a stored name, though nobody sees them: joiners and variation selectors choose between glyphs.
_GLYPH_CHOICE = {0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_CONTROL = {code: None for code in NO_INVISIBLE if code not in _GLYPH_CHOICE} | dict.fromkeys(range(9, 14), " ")
_OUTER = "".join(map(chr, _CONTROL)) + "".join(char for char in map(chr, range(0x3001)) if char.isspace())

# Read top to bottom; the first that is found is told.
_DAMAGE = (
    (re.compile(r"[?\uff1f¿]"), "姓名里有「?」（字库里没有这个字，转换时丢失），请对照户口簿改正"),
    (re.compile(r"[□■▯⬜〓]"), "姓名里有「□」（字库里没有这个字），请对照户口簿改正"),
    (re.compile("\ufffd|锟斤拷|[\ud800-\udfff]"), "姓名里有乱码（文件编码被认错或损坏），请用UTF-8或GB18030重新导出"),
    (re.compile("[\u00a1-\u00ff]{4,}"), "姓名是乱码（文件编码被认错），请用UTF-8或GB18030重新导出"),
    (
        re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]"),
        "姓名里有自造字（只在原来的电脑上能显示），请改用国家标准字库里的字",
    ),
    (re.compile("[\u2ff0-\u2fff]"), "姓名里有拼字符号（用偏旁拼出来的字），请对照户口簿改成单个字"),
    (re.compile(r"[*\uff0a]"), "姓名被打码（含*），请提供完整姓名"),
)
_ANY_DAMAGE = re.compile("|".join(pattern.pattern for pattern, _ in _DAMAGE))


def _read_simplified() -> dict[str, str]:
    """OpenCC's traditional → simplified characters; one that is also simplified itself (乾、於) stays as it is."""
    table = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line)
    choices = {written: simplified.split(" ") for written, simplified in rows}
    simple = {written: forms[0] for written, forms in choices.items() if written not in forms}
    return {written: simple.get(form, form) for written, form in simple.items()}


_SPELLING = str.maketrans({**_read_simplified(), **_VARIANTS})
_JOINED = {**dict.fromkeys(map(ord, DOTS + DASHES)), **NO_INVISIBLE}


def tidy_name(text: str) -> str:
    """The stored and printed form, the roster's own: outer blanks and control characters go, nothing else changes."""
    return text.translate(_CONTROL).strip(_OUTER)


def name_key(text: str) -> str:
    """Equal for names that are written alike but for dots, blanks, width, bracketed suffix, 繁简 and variant forms."""
    key = _folded(text).translate(_SPELLING)
    return key[:1].translate(_SURNAMES) + key[1:]


def damaged(text: str) -> str | None:
    """A sentence when a character was lost on the way; such a name is never stored without it."""
    if not _ANY_DAMAGE.search(text):
        return None
    return next(sentence for pattern, sentence in _DAMAGE if pattern.search(text))


def variant_spelling(a: str, b: str) -> str | None:
    """A sentence when both are one name in different characters (李頔/李𬱖); names only the characters, no name."""
    one, other = _folded(a), _folded(b)
    if one == other or name_key(a) != name_key(b):
        return None
    pairs = "、".join(f"「{left}」与「{right}」" for left, right in zip(one, other, strict=False) if left != right)
    return f"姓名写法不同：{pairs}，视为同一个字，请以户口簿为准更正"


def _folded(text: str) -> str:
    """Without dots, dashes, blanks, width and suffix; NFKC alone leaves • ・ ‧ ⋅ ∙ as they are."""
    plain = "".join(unicodedata.normalize("NFKC", text).casefold().split()).translate(_JOINED)
    return _SUFFIX.sub("", plain)

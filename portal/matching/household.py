"""同户: which categories are the whole household's, and what a child has by an entry that names its family (A5)."""

import unicodedata

OF_THE_HOUSEHOLD = {
    # the category's code: what lists call it that write no code
    "JS_JDLK": ("建档立卡",),
    "TP": ("脱贫", "贫困户"),
    "TP_UNST": ("脱贫不稳定", "返贫"),
    "EDGE": ("易致贫",),
    "SUDDEN": ("严重困难",),
    "DIBAO": ("低保", "最低生活保障"),
    "DIBAO_EDGE": ("低保边缘",),
    "RIGID": ("支出型", "刚性支出"),
    "LOWINC": ("低收入",),
    "WORKER": ("困难职工",),
    "DIS_PARENT": ("残疾人子女",),
}
"""Who lives with a child on such a list, or has its parents, is in the same case."""

CHILD_GETS = {code: code for code in OF_THE_HOUSEHOLD} | {"DIS": "DIS_PARENT"}
"""By a guardian's entry, once the county says so; a category that is not here (孤儿, 特困供养 …) holds for the person
named alone and passes to nobody."""

_CODES = frozenset(code.casefold() for code in OF_THE_HOUSEHOLD)
_WORDS = tuple(word for words in OF_THE_HOUSEHOLD.values() for word in words)


def of_whole_household(category: str) -> bool:
    """A code compared whole, or words among which one of those stands; 残疾 or 孤儿 is one person's."""
    written = unicodedata.normalize("NFKC", category).strip()
    return written.casefold() in _CODES or any(word in written for word in _WORDS)

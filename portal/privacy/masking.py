"""脱敏: what a list page may show (L-08), and the last net under the logs."""

import re

from portal.privacy.characters import DOTS

_SUFFIX = re.compile(r"(?<=..)[(（\[【〔<《].*$", re.DOTALL)  # 钟情(小) is one of two 钟情
_SEPARATOR = re.compile(f"([{re.escape(DOTS)}\\s]+)")


def mask_name(name: str) -> str:
    """王* · 王*雨 · 欧**雨; of a name in parts only the very first character is left: 阿***·***."""
    first, *rest = _SEPARATOR.split(_SUFFIX.sub("", name.strip()))
    if rest and len(first) + sum(map(len, rest)) > 4:
        tail = (part if _SEPARATOR.fullmatch(part) else "*" * len(part) for part in rest)
        return first[:1] + "*" * (len(first) - 1) + "".join(tail)
    whole = first + "".join(part for part in rest if not _SEPARATOR.fullmatch(part))
    if len(whole) <= 2:
        return whole[: len(whole) - 1] + "*" if whole else ""
    return whole[0] + "*" * (len(whole) - 2) + whole[-1]


def mask_number(number: str) -> str:
    """The first three and last two of a long number: beside a birth date four would give the whole away."""
    if len(number) < 6:
        return "*" * len(number)
    ahead = 3 if len(number) >= 15 else 1
    return number[:ahead] + "*" * (len(number) - ahead - 2) + number[-2:]


def mask_phone(phone: str) -> str:
    """199****0001; of any other number the last three."""
    if len(phone) == 11 and phone.startswith("1"):
        return phone[:3] + "****" + phone[-4:]
    return "*" * (len(phone) - 3) + phone[-3:] if len(phone) > 5 else "*" * len(phone)


# Between two digits people and programs write these; \d takes full-width digits as well.
_GAP = r"(?:[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\-\u2010-\u2015\uff0d_+]|%20){0,3}"
_IDENTITY = re.compile(
    rf"(?<!\d)[1-9\uff11-\uff19](?:{_GAP}\d){{16}}{_GAP}[\dXx\uff38\uff58×*](?:{_GAP}\d){{0,2}}(?!\d)"  # 18, or 20
    r"|(?<!\d)\d{15,}[Xx\uff38\uff58]?(?!\d)"
    rf"|(?<!\d)\d{{6}}{_GAP}\d{{6}}{_GAP}\d{{3}}(?!\d)"  # 15 digits in their three groups
)
_MOBILE = re.compile(
    rf"(?<!\d)(?:(?:[+\uff0b]|00|%2B)?[8\uff18][6\uff16]{_GAP}|[0\uff10])?"
    rf"[1\uff11][3-9\uff13-\uff19]\d(?:{_GAP}\d){{8}}(?!\d)"
    r"|(?<!\d)1[3-9]\d\.\d{4}\.\d{4}(?!\d)"
)


def redact(text: str) -> str:
    """Strikes out identity and mobile numbers, spaced, dashed or full-width; rather too much than too little."""
    return _MOBILE.sub("[手机号]", _IDENTITY.sub("[证件号]", text))


def one_line(words: str) -> str:
    """What somebody typed, as it is kept: on one line, without such numbers."""
    return redact(" ".join(words.split()))

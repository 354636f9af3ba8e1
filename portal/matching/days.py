"""Dates of birth and validity as files write them."""

import re
from datetime import date, datetime
from functools import lru_cache

NO_END = {"", "长期", "长期有效", "永久", "永久有效", "无固定期限", "至今", "无"}
USUAL = re.compile(r"\d{8}|\d{4}-\d{2}-\d{2}", re.ASCII)
DATE_FORMATS = ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S")


def read_end(text: str) -> tuple[date | None, bool]:
    """有效期止 as written: its day, or None for no end; True when nobody could say."""
    if text in NO_END:
        return None, False
    day = read_day(text)
    return day, day is None


@lru_cache(maxsize=1 << 15)
def read_day(text: str) -> date | None:
    """None for what is no day, or none that exists."""
    written = text.strip()
    try:
        return date.fromisoformat(written) if USUAL.fullmatch(written) else _read_by_form(written)
    except ValueError:
        return None


def _read_by_form(written: str) -> date | None:
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(written, form).date()  # noqa: DTZ007 — only the day is kept
        except ValueError:
            continue
    return None

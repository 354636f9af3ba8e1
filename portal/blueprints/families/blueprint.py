"""The families' blueprint itself, and what every page of it may say: elder mode, days and yuan in words."""

import re
from datetime import timedelta

from flask import Blueprint, request
from markupsafe import Markup

from portal.access.sign_ins import FAMILY, NOTED_EVERY
from portal.blueprints.families.outcome import sum_of
from portal.coverage.words import day_words, on_which_day, to_reader, yuan_words
from portal.policies.conditions import SCHOOL_WORDS
from portal.policies.local_words import window_words

families = Blueprint("families", __name__)

ELDER_COOKIE = "elder"
_PHONE_NUMBER = re.compile(r"(\d{3,4}-\d{7,8})")
_IN_ONE_PIECE = Markup('<span class="phone">{}</span>')

families.add_app_template_filter(day_words)
families.add_app_template_filter(on_which_day)
families.add_app_template_filter(yuan_words)
families.add_app_template_filter(to_reader)
families.add_app_template_filter(sum_of, "sum_words")
families.add_app_template_filter(window_words)
families.add_app_template_filter(SCHOOL_WORDS.__getitem__, "school_words")


@families.app_template_filter()
def unbroken(sentence: str) -> Markup:
    """A phone number in it never ends one line and begins the next, however large the letters."""
    parts = enumerate(_PHONE_NUMBER.split(sentence))
    return Markup("").join(_IN_ONE_PIECE.format(part) if place % 2 else part for place, part in parts)


@families.app_context_processor
def appearance() -> dict[str, object]:
    """``elder`` is 大字版, remembered by the phone and known to nobody else."""
    return {"elder": in_large_print()}


def in_large_print() -> bool:
    return request.cookies.get(ELDER_COOKIE) == "1"


@families.app_template_global()
def warn_after() -> int:
    """Seconds without a click until a page says that the visit is about to end (L-46).

    The database may have noted the last click up to a minute before it came.
    """
    return (FAMILY.idle - NOTED_EVERY - timedelta(minutes=2)).seconds

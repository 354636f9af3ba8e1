"""What leaves a level: a number of people under five is not told, nor what would give it away by taking off (N3-19)."""

from collections.abc import Sequence

from portal.coverage.distribution import Figures
from portal.coverage.words import yuan_words

LEAST = 5
UNTOLD = f"不足{LEAST}人"
WITHHELD = "—"
HIDDEN = f"{UNTOLD}的数字不列出；能用合计减出来的，一并不列。"

Line = tuple[str, Figures]


def tell(lines: Sequence[Line], total: Line) -> list[tuple[str, ...]]:
    """Each line as text: name, pupils, aided, unaided, ended, yuan due and lacking; the total last, whole.

    A line with a small number says only how many pupils it has, and not even that where they are few themselves; the
    parts add up, so a single such line would be total less all the others: the next smallest keeps it company.
    """
    small = {place for place, (_, figures) in enumerate(lines) if _is_small(figures)}
    others = [place for place in range(len(lines)) if place not in small and lines[place][1].pupils]
    if len(small) == 1 and others:
        small.add(min(others, key=lambda place: lines[place][1].pupils))
    told = [_untold(*line) if place in small else _told(*line) for place, line in enumerate(lines)]
    few = [place for place in small if lines[place][1].pupils < LEAST]
    if len(few) == 1 and len(small) > 1:
        beside = min(small - set(few), key=lambda place: lines[place][1].pupils)
        told[beside] = (lines[beside][0], *[WITHHELD] * 6)
    whole = _untold(*total) if _is_small(total[1]) else _told(*total)
    return [*told, whole]


def _is_small(figures: Figures) -> bool:
    return any(0 < number < LEAST for number in (figures.pupils, figures.aided, figures.unaided, figures.ended))


def _told(name: str, figures: Figures) -> tuple[str, ...]:
    people = (figures.pupils, figures.aided, figures.unaided, figures.ended)
    return (name, *(f"{number:,}" for number in people), yuan_words(figures.due), yuan_words(figures.gap))


def _untold(name: str, figures: Figures) -> tuple[str, ...]:
    pupils = f"{figures.pupils:,}" if figures.pupils >= LEAST else UNTOLD
    return (name, pupils, *[WITHHELD] * 5)

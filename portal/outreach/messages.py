"""The words of a message, made from its template file for one number; a reviewer reads them in ``templates/``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from portal.outreach.gateways.protocol import units
from portal.outreach.words import ONE_SEGMENT, lint

FOLDER = Path(__file__).parent / "templates"
SPOKEN = [".spoken", ".txt"]


class TemplateFault(Exception):
    """A template that can't be sent: what is wrong is a sentence for the one who wrote it."""


@dataclass(frozen=True)
class Template:
    """``wordings`` say the same, from the fullest to the shortest."""

    name: str
    version: int
    wordings: tuple[str, ...]
    to: str = ""
    """Whose phones it is for."""

    def say(self, words: Mapping[str, str]) -> str:
        """The fullest wording whose every word is known and that fits one segment; raises TemplateFault."""
        spoken = [wording.format_map(words) for wording in self.wordings if _known(wording, words)]
        fitting = [text for text in spoken if units(text) <= ONE_SEGMENT]
        if not fitting:
            raise TemplateFault(f"{self.name}：最短的说法也超过{ONE_SEGMENT}个字，或缺少要填的内容")
        faults = lint(fitting[0])
        if faults:
            raise TemplateFault(f"{self.name}：{'；'.join(faults)}")
        return fitting[0]

    def lines(self, words: Mapping[str, str]) -> tuple[str, ...]:
        """For a template that is read out from top to bottom: every line whose words are known."""
        return tuple(wording.format_map(words) for wording in self.wordings if _known(wording, words))


def _known(wording: str, words: Mapping[str, str]) -> bool:
    return all(words.get(place) for place in re.findall(r"\{(\w+)\}", wording))


@cache
def template(name: str) -> Template:
    """From ``templates/<name>.txt``: a head with its version, an empty line, one wording a line."""
    head, _, body = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")
    version = re.search(r"^version: (\d+)$", head, re.MULTILINE)
    if version is None:
        raise TemplateFault(f"{name}：没有版本号")
    to = re.search(r"^to: (.+)$", head, re.MULTILINE)
    return Template(name, int(version.group(1)), tuple(body.splitlines()), to.group(1) if to else "")


@cache
def all_templates() -> tuple[Template, ...]:
    """Every file of words that are sent, by name; a script is read out and not sent."""
    return tuple(template(path.stem) for path in sorted(FOLDER.glob("*.txt")) if path.suffixes != SPOKEN)

"""已报备的模板: a text is handed over by the approved template that says it word for word, or not at all."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

MARK = re.compile(r"\{\{(\w+)\.DATA\}\}|\$\{(\w+)\}|\{(\w+)\}", re.ASCII)
SIGNED = re.compile(r"【([^【】]{2,20})】(.*)", re.DOTALL)


@dataclass(frozen=True)
class Approved:
    """``text`` as filed, with the supplier's own marks: ``${child}``, ``{1}`` or ``{{thing1.DATA}}``.

    One that is filed without the signature says what comes after it.
    """

    code: str
    text: str

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple("".join(groups) for groups in MARK.findall(self.text))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        fixed = [re.escape(self.text[start:end]) for start, end in self._between()]
        return re.compile("(.+?)".join(fixed), re.DOTALL)

    def _between(self) -> list[tuple[int, int]]:
        marks = list(MARK.finditer(self.text))
        return list(zip([0, *(m.end() for m in marks)], [*(m.start() for m in marks), len(self.text)], strict=True))


@dataclass(frozen=True)
class Fitted:
    """What the supplier is asked to put together; it reads exactly like the text that was planned."""

    signature: str
    code: str
    fields: Mapping[str, str]


def fit(text: str, templates: Iterable[Approved]) -> Fitted | None:
    """None for a text without a signature, or that no approved template says word for word."""
    signed = SIGNED.fullmatch(text)
    if signed is None:
        return None
    for template in templates:
        found = template.pattern.fullmatch(text if template.text.startswith("【") else signed.group(2))
        if found is not None:
            return Fitted(signed.group(1), template.code, dict(zip(template.names, found.groups(), strict=True)))
    return None

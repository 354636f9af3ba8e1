"""What a select offers, from a code to its words."""

from collections.abc import Mapping

from wtforms.fields.choices import SelectChoice


def choices(labels: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in labels.items()]

"""What forms are told: the words of a select, the largest file."""

from collections.abc import Mapping

from flask_login import current_user
from wtforms.fields.choices import SelectChoice

from portal.intake.file_limits import by_web


def choices(labels: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in labels.items()]


def most_megabytes() -> int:
    """Of a file that whoever is signed in brings."""
    return by_web(current_user.staff.unit.level).bytes >> 20

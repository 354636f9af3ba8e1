"""话术: what a teacher reads out on the telephone, the same matter and the same version as the message (N4-2)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.access.households import is_grown_up
from portal.clock import SchoolTerm
from portal.coverage.words import to_reader
from portal.models import Pupil
from portal.outreach.children import Child, children_of
from portal.outreach.messages import TemplateFault, template
from portal.outreach.words import lint_words
from portal.outreach.writing import called, person_of
from portal.vocabulary import Audience

SPOKEN = "enrolment_not_confirmed.spoken"


@dataclass(frozen=True)
class Script:
    """``grown_up``: it is the student who is rung, and spoken to of herself (J8)."""

    version: int
    lines: tuple[str, ...]
    grown_up: bool


def version() -> int:
    """第几版: of the message, the slip and the script alike."""
    return template(SPOKEN).version


def script_for(session: Session, pupil: Pupil, term: SchoolTerm, day: date) -> Script | None:
    """None for a pupil who is not enrolled in the term; raises TemplateFault for words nobody may say."""
    child = children_of(session, [pupil.id], term, day, Audience.UNCONFIRMED).get(pupil.id)
    if child is None:
        return None
    grown_up = is_grown_up(pupil, day)
    lines = template(SPOKEN).lines(_words(child) | ({"child": "您"} if grown_up else {}))
    faults = lint_words("".join(lines))
    if faults:
        raise TemplateFault(f"{SPOKEN}：{'；'.join(faults)}")
    return Script(version(), tuple(to_reader(line, grown_up) for line in lines), grown_up)


def _words(child: Child) -> dict[str, str]:
    return {
        "school": child.school.name,
        "person": person_of(child),
        "landline": child.school.landline or child.office.landline,
        "child": called(child),
        "policy": child.policy,
        "amount": child.amount,
    }

"""What keeping a file came to: how many rows, what was repaired, what was wrong; sealed beside the intake."""

import json
from dataclasses import asdict, dataclass

from portal.intake.problems import Problem, Repair
from portal.models import Intake


@dataclass(frozen=True)
class Findings:
    """``rows`` are the lines that were not blank; ``read`` and ``dropped`` the headings that were and were not read."""

    rows: int
    kept: int
    repaired: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = ()
    dropped: tuple[str, ...] = ()
    read: tuple[str, ...] = ()


def as_text(findings: Findings) -> str:
    """For sealing: it quotes the file."""
    return json.dumps(asdict(findings), ensure_ascii=False)


def findings_of(intake: Intake) -> Findings:
    """Of an intake that was kept; nothing for one that was not."""
    text = intake.findings
    if text is None:
        return Findings(intake.rows, intake.kept)
    said = json.loads(text)
    return Findings(
        rows=said["rows"],
        kept=said["kept"],
        repaired=tuple(Repair(**repair) for repair in said["repaired"]),
        problems=tuple(Problem(**problem) for problem in said["problems"]),
        dropped=tuple(said["dropped"]),
        read=tuple(said.get("read", ())),
    )

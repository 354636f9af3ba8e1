"""导入: the files that came in, one file's progress and result, and its problems to take away."""

from uuid import UUID

from flask import Response, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from portal import audit, clock
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.navigation import IMPORTS
from portal.blueprints.staff.paging import Paging, asked_page
from portal.blueprints.staff.sheets import as_csv, download
from portal.database import db
from portal.intake.findings import findings_of
from portal.models import Intake, StaffMember
from portal.privacy.masking import mask_number, redact
from portal.vocabulary import IntakeKind, IntakeState

SHOWN = 200
"""Problems and repairs on the page; the file has them all."""
UNDER_WAY = (IntakeState.WAITING, IntakeState.READING)


@staff.get("/intake")
@needs(*IMPORTS)
def intakes() -> str:
    statement = select(Intake, StaffMember.display_name).outerjoin(StaffMember, StaffMember.id == Intake.by_staff_id)
    statement = current_user.scope.narrow(statement, Intake.unit_id).order_by(Intake.arrived_at.desc())
    paging, rows = Paging.of(db.session(), statement, asked_page())
    return render_template("staff/intakes.html", rows=rows, paging=paging)


@staff.get("/intake/<uuid:intake_id>")
@needs(*IMPORTS)
def intake(intake_id: UUID) -> str | BaseResponse:
    found = current_user.scope.find(db.session(), Intake, intake_id, Intake.unit_id)
    if found.kind is IntakeKind.REGISTER:
        return redirect(url_for("staff.register", register_id=intake_id))
    findings = findings_of(found)
    return render_template(
        "staff/intake.html",
        intake=found,
        under_way=found.state in UNDER_WAY,
        slow=found.state in UNDER_WAY and (clock.now() - found.arrived_at).total_seconds() > 10,
        refused_rows=len({problem.row for problem in findings.problems if not problem.row_kept}),
        findings=findings,
        most=SHOWN,
        masked=mask_number,
        redact=redact,
    )


@staff.get("/intake/<uuid:intake_id>/problems.csv")
@needs(*IMPORTS)
def intake_problems(intake_id: UUID) -> Response:
    found = current_user.scope.find(db.session(), Intake, intake_id, Intake.unit_id)
    rows = [
        (
            str(problem.row),
            problem.column,
            redact(problem.problem),
            "已导入，请核对" if problem.row_kept else "没有导入",
        )
        for problem in findings_of(found).problems
    ]
    audit.record(
        db.session(), current_user.actor, "exported",
        unit_id=found.unit_id, source=source(), list="problems", intake=str(found.id), rows=len(rows),
    )  # fmt: skip
    name = f"问题清单-{found.occasion}.csv"
    db.session.commit()
    return download(as_csv(("行", "列", "问题和办法", "这一行"), rows), name)

"""操作日志 for inspectors: who did or saw what within the scope, newest first. Nobody can change it."""

from flask import render_template, request
from flask_login import current_user
from sqlalchemy import select

from portal.access.actors import look_up_actors
from portal.access.permissions import Permission
from portal.audit import ACTIONS
from portal.blueprints.guards import needs
from portal.blueprints.staff.audit_words import detail_words
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import Paging, asked_page
from portal.database import db
from portal.models import AuditEntry, Unit


@staff.get("/audit")
@needs(Permission.READ_AUDIT)
def audit_trail() -> str:
    action = request.args.get("action", "")
    statement = select(AuditEntry, Unit.name).outerjoin(Unit, Unit.id == AuditEntry.unit_id)
    statement = current_user.scope.narrow(statement, AuditEntry.unit_id)
    if action in ACTIONS:
        statement = statement.where(AuditEntry.action == action)
    paging, rows = Paging.of(db.session(), statement.order_by(AuditEntry.id.desc()), asked_page())
    look_up_actors(db.session(), (entry.actor for entry, _ in rows))
    lines = [(entry, unit, detail_words(entry.action, entry.detail)) for entry, unit in rows]
    return render_template("staff/audit.html", lines=lines, paging=paging, actions=ACTIONS, action=action)

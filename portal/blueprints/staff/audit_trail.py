"""操作日志 for inspectors: who did or saw what within the scope, newest first. Nobody can change it."""

from flask import render_template, request
from flask_login import current_user
from sqlalchemy import select

from portal.access.permissions import Permission
from portal.audit import ACTIONS
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.paging import Paging, asked_page
from portal.coverage.words import actor_words
from portal.database import db
from portal.models import AuditEntry, Unit

UNSAID = frozenset({"sha256", "intake", "run"})
"""Keys of the detail that say nothing to a reader."""
LABELS = {
    "about": "事项", "account": "账号", "answer": "回答", "because": "原因", "certain": "已匹配", "channel": "渠道",
    "dropped": "未读列", "household": "家庭在册", "in_school": "在校", "kept": "导入", "kind": "种类", "list": "名单",
    "occasion": "批次", "page": "页面", "policy": "项目", "possible": "疑似", "problems": "问题", "pupils": "学生",
    "purpose": "用途", "reached": "联系上", "reason": "原因", "repaired": "修正", "role": "角色", "rows": "行数",
    "slips": "张数", "term": "学期", "unmatched": "未匹配", "wants_aid": "需要资助", "what": "看了",
}  # fmt: skip


@staff.get("/audit")
@needs(Permission.READ_AUDIT)
def audit_trail() -> str:
    action = request.args.get("action", "")
    statement = select(AuditEntry, Unit.name).outerjoin(Unit, Unit.id == AuditEntry.unit_id)
    statement = current_user.scope.narrow(statement, AuditEntry.unit_id)
    if action in ACTIONS:
        statement = statement.where(AuditEntry.action == action)
    paging, rows = Paging.of(db.session(), statement.order_by(AuditEntry.id.desc()), asked_page())
    lines = [(entry, unit, actor_words(entry.actor), _detail(entry)) for entry, unit in rows]
    return render_template("staff/audit.html", lines=lines, paging=paging, actions=ACTIONS, action=action)


def _detail(entry: AuditEntry) -> str:
    return "，".join(f"{LABELS.get(key, key)} {value}" for key, value in entry.detail.items() if key not in UNSAID)

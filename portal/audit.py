"""操作日志: what is recorded, and the one way to record it. Codes and counts only, nothing personal in clear."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from portal import clock
from portal.models import AuditEntry

ACTIONS = {
    "signed_in": "登录",
    "sign_in_failed": "登录失败",
    "code_asked": "要登录码",
    "code_sent": "发出登录码",
    "wechat_bound": "绑定微信",
    "wechat_unbound": "解除微信绑定",
    "signed_out": "退出",
    "sessions_ended": "结束登录",
    "read": "查看学生",
    "revealed": "查看完整信息",
    "imported": "导入文件",
    "import_refused": "退回文件",
    "delivery_dropped": "放弃报送",
    "register_replaced": "名单被更正的一份代替",
    "register_withdrawn": "撤回名单",
    "register_expired": "名单到期销毁",
    "school_reminded": "催办学校比对",
    "matched": "运行比对",
    "settled": "核实匹配",
    "settlement_undone": "撤销核实",
    "nominated": "学校提名",
    "added_by_hand": "人工新增",
    "nomination_refused": "不受理提名",
    "addition_ended": "结束人工新增",
    "standard_proposed": "提出地方标准",
    "standard_approved": "批准地方标准",
    "standard_refused": "退回地方标准",
    "double_settled": "核实双重学籍",
    "move_recorded": "登记学籍变动",
    "move_named": "查明转入学校",
    "move_ended": "办结学籍变动",
    "reason_given": "填写未资助原因",
    "row_moved": "办理台账",
    "row_restored": "撤销办理",
    "term_closed": "学期关账",
    "term_reopened": "退回关账",
    "contact_recorded": "登记联系",
    "confirmed": "就学信息确认",
    "confirmation_denied": "家长说没有同意过",
    "corrected": "家长更正",
    "correction_settled": "处理家长更正",
    "waived": "家长说不需要资助",
    "waiver_taken_back": "家长改口要资助",
    "received": "家长确认到账",
    "not_received": "家长反映未到账",
    "copied": "家长复制孩子的信息",
    "exported": "导出",
    "slips_printed": "打印告知单",
    "script_read": "打开电话话术",
    "reminders_planned": "计划提醒",
    "sent_again": "重发结果待查的消息",
    "reply_handled": "处理家长回复",
    "gateway_reopened": "恢复网关",
    "campaign_made": "新建批次",
    "campaign_drawn": "预览批次",
    "campaign_submitted": "提交批次",
    "campaign_approved": "批准批次",
    "campaign_sent_back": "退回批次",
    "campaign_stopped": "停止批次",
    "outreach_paused": "暂停发送",
    "outreach_resumed": "恢复发送",
    "words_kept": "保存文案",
    "words_refused": "退回文案",
    "template_recorded": "登记报备模板",
    "opted_out": "家长退订短信",
    "opted_in": "家长恢复短信",
    "question_noted": "记录家长提问",
    "bulletin_issued": "印发通报",
    "sample_drawn": "督查抽样",
    "trail_printed": "打印尽责记录",
    "reach_printed": "打印告知证明",
    "account_made": "新建账号",
    "classes_given": "分配班级",
    "role_changed": "变更角色",
    "password_changed": "修改密码",
    "password_refused": "改密码时原密码不对",
    "refused": "越权访问",
    "proof_refused": "拒收证明材料",
    "unit_changed": "变更单位",
}


def record(
    session: Session,
    actor: str,
    action: str,
    *,
    unit_id: UUID | None = None,
    pupil_id: UUID | None = None,
    source: str = "",
    **detail: Any,
) -> None:
    """Within the caller's transaction: if the entry can't be written, what it tells of doesn't happen either."""
    if action not in ACTIONS:
        raise ValueError(f"{action!r} is no word of the audit trail")
    session.add(
        AuditEntry(
            at=clock.now(),
            actor=actor,
            action=action,
            unit_id=unit_id,
            pupil_id=pupil_id,
            source=source,
            detail=detail,
        )
    )

"""What masked values may be unmasked or taken away for: a code for the trail, words for the form (L-08)."""

from portal.blueprints.staff.fields import choices

REVEAL_FOR = choices(
    {
        "": "请选用途",
        "contact": "联系家长",
        "visit": "家长来访或来电",
        "roster": "核对学籍名册",
        "dispute": "处理家长的异议",
    }
)
SETTLE_FOR = choices(
    {
        "": "请选用途",
        "settle": "核实疑似匹配",
        "bureau": "请部门核实",
        "dispute": "处理家长的异议",
    }
)
EXPORT_FOR = choices(
    {
        "": "请选用途",
        "report": "上报资助中心",
        "check": "校内核对名单",
        "payment": "办理发放",
        "inspection": "配合督查、审计",
    }
)

"""What masked values may be unmasked or taken away for: a code for the trail, words for the form (L-08)."""

REVEAL_FOR = {
    "contact": "联系家长",
    "visit": "家长来访或来电",
    "roster": "核对学籍名册",
    "dispute": "处理家长的异议",
}
EXPORT_FOR = {
    "report": "上报资助中心",
    "check": "校内核对名单",
    "payment": "办理发放",
    "inspection": "配合督查、审计",
}

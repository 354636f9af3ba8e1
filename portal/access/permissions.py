"""Who may do what: a table to be read aloud. What a role may do is further narrowed by its scope."""

from enum import StrEnum

from portal.vocabulary import Role


class Permission(StrEnum):
    SEE_PUPILS = "see_pupils"
    REVEAL = "reveal"
    IMPORT_ROSTER = "import_roster"
    IMPORT_REGISTER = "import_register"
    IMPORT_AWARDS = "import_awards"
    COMPARE_SYSTEMS = "compare_systems"
    ANSWER_BUREAU = "answer_bureau"
    RUN_MATCHING = "run_matching"
    FOLLOW_MATCHING = "follow_matching"
    SETTLE_SELF = "settle_self"
    SETTLE_HOUSEHOLD = "settle_household"
    NOMINATE = "nominate"
    ADD_BY_HAND = "add_by_hand"
    SETTLE_DOUBLE = "settle_double"
    RECORD_MOVE = "record_move"
    MOVE_ROWS = "move_rows"
    GIVE_REASON = "give_reason"
    CLOSE_TERM = "close_term"
    CHECK_YEARLY = "check_yearly"
    PUT_UP_NOTICE = "put_up_notice"
    TAKE_DOWN_NOTICE = "take_down_notice"
    DETERMINE = "determine"
    FIND_FURTHER_AID = "find_further_aid"
    REOPEN_TERM = "reopen_term"
    RECORD_CONTACT = "record_contact"
    ANSWER_FAMILIES = "answer_families"
    NAME_HELPER = "name_helper"
    VERIFY_OWN_CLASS = "verify_own_class"
    EXPORT = "export"
    PRINT_SLIPS = "print_slips"
    SEE_MESSAGES = "see_messages"
    SEND_MESSAGES = "send_messages"
    PAUSE_MESSAGES = "pause_messages"
    SEE_OPERATIONS = "see_operations"
    PROPOSE_STANDARD = "propose_standard"
    APPROVE_STANDARD = "approve_standard"
    KEEP_ACCOUNTS = "keep_accounts"
    ISSUE_BULLETIN = "issue_bulletin"
    MAKE_BUDGET = "make_budget"
    INSPECT = "inspect"
    READ_AUDIT = "read_audit"
    KEEP_CATEGORIES = "keep_categories"


SCHOOL, COUNTY, CITY, PROVINCE = (
    Role.SCHOOL_OFFICER,
    Role.COUNTY_OFFICER,
    Role.CITY_OFFICER,
    Role.PROVINCE_OFFICER,
)

PERMISSIONS: dict[Permission, tuple[str, frozenset[Role]]] = {
    Permission.SEE_PUPILS: ("查看学生和台账", frozenset({SCHOOL, COUNTY, CITY, PROVINCE, Role.INSPECTOR})),
    Permission.REVEAL: ("逐人查看完整号码，说明用途", frozenset({SCHOOL, COUNTY})),
    Permission.IMPORT_ROSTER: ("导入学籍名册", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.IMPORT_REGISTER: ("报送困难群体名单", frozenset({Role.BUREAU_OFFICER, COUNTY, CITY, PROVINCE})),
    Permission.IMPORT_AWARDS: ("导入受助名单", frozenset({COUNTY, CITY, PROVINCE})),
    Permission.COMPARE_SYSTEMS: ("导入别的系统的名单，比对差异", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.ANSWER_BUREAU: ("答复对本部门名单的核实", frozenset({Role.BUREAU_OFFICER})),
    Permission.RUN_MATCHING: ("运行信息比对", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.FOLLOW_MATCHING: ("查看各校比对进度并催办", frozenset({COUNTY, CITY, PROVINCE})),
    Permission.SETTLE_SELF: ("核实疑似匹配：是不是本人", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.SETTLE_HOUSEHOLD: ("核实同户匹配、家长有异议的名单", frozenset({COUNTY, CITY, PROVINCE})),
    Permission.NOMINATE: ("提名比对未识别的学生", frozenset({SCHOOL})),
    Permission.ADD_BY_HAND: ("人工新增，受理学校提名", frozenset({COUNTY, CITY, PROVINCE})),
    Permission.SETTLE_DOUBLE: ("核实双重学籍", frozenset({COUNTY, CITY, PROVINCE})),
    Permission.RECORD_MOVE: ("登记、接收和办结学籍变动", frozenset({SCHOOL, COUNTY, CITY})),
    Permission.MOVE_ROWS: ("办理台账：上报、督办、登记收到没有", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.CLOSE_TERM: ("学期关账签字", frozenset({SCHOOL})),
    Permission.CHECK_YEARLY: ("学年全面核查，看过和签字", frozenset({SCHOOL})),
    Permission.DETERMINE: ("登记和撤回认定等级", frozenset({SCHOOL, COUNTY})),
    Permission.FIND_FURTHER_AID: ("标记特别困难，落实其他资助", frozenset({SCHOOL, COUNTY})),
    Permission.PUT_UP_NOTICE: ("张贴评选结果的公示", frozenset({SCHOOL})),
    Permission.TAKE_DOWN_NOTICE: ("提前撤下公示", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.REOPEN_TERM: ("退回学校的关账", frozenset({COUNTY, CITY, PROVINCE})),
    Permission.GIVE_REASON: ("填写未资助原因", frozenset({SCHOOL, COUNTY})),
    Permission.RECORD_CONTACT: ("登记与家长的联系", frozenset({SCHOOL, COUNTY})),
    Permission.ANSWER_FAMILIES: ("核实和答复家长说的情况", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.NAME_HELPER: ("指定学生的帮扶人", frozenset({SCHOOL, COUNTY})),
    Permission.VERIFY_OWN_CLASS: ("核实本班名单上的学生，登记联系", frozenset({Role.TEACHER})),
    Permission.EXPORT: ("导出名单", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.PRINT_SLIPS: ("打印告知单", frozenset({SCHOOL})),
    Permission.SEE_MESSAGES: ("查看发给家长的消息", frozenset({SCHOOL, COUNTY})),
    Permission.SEND_MESSAGES: ("预览、提交、批准和停止批次", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.PAUSE_MESSAGES: ("暂停和恢复本级及以下的发送", frozenset({SCHOOL, COUNTY, CITY, PROVINCE})),
    Permission.SEE_OPERATIONS: ("查看发送队列和网关状况", frozenset({PROVINCE, Role.ACCOUNT_KEEPER})),
    Permission.PROPOSE_STANDARD: ("提出本地的资助标准", frozenset({COUNTY, CITY})),
    Permission.APPROVE_STANDARD: ("批准别人提出的地方标准", frozenset({COUNTY, CITY, PROVINCE})),
    Permission.KEEP_ACCOUNTS: ("管理账号", frozenset({Role.ACCOUNT_KEEPER})),
    Permission.ISSUE_BULLETIN: ("起草和印发通报", frozenset({CITY, PROVINCE})),
    Permission.MAKE_BUDGET: ("编制下年度预算", frozenset({COUNTY, CITY, PROVINCE})),
    Permission.INSPECT: ("督查抽样、打印尽责记录", frozenset({Role.INSPECTOR})),
    Permission.READ_AUDIT: ("查看操作日志", frozenset({Role.INSPECTOR})),
    Permission.KEEP_CATEGORIES: ("新增困难类别", frozenset({PROVINCE})),
}

REFUSALS = {
    Permission.PUT_UP_NOTICE: "公示由学校张贴。资助中心可以看，发现不妥的可以提前撤下。",
    Permission.MAKE_BUDGET: "预算由上级资助中心按辖区名单编制。学校的人数在“统计”里可以看。",
    Permission.CLOSE_TERM: "关账由学校签字。资助中心可以在“学期关账”里看各校进度，发现问题的退回。",
    Permission.ADD_BY_HAND: "学校可提名，由上级资助中心新增。请在学生页点“提名”，上级资助中心会受理并答复。",
    Permission.SETTLE_HOUSEHOLD: "同户匹配由上级资助中心核实。请把您知道的情况告诉上级资助中心。",
    Permission.SETTLE_DOUBLE: "双重学籍由上级资助中心核实。请把孩子在哪里上学告诉上级资助中心。",
}
"""What somebody without the permission is told, where there is more to say than no."""


def may(role: Role, permission: Permission) -> bool:
    return role in PERMISSIONS[permission][1]

"""The one table of headings (表头), for every kind of file that comes in."""

from dataclasses import dataclass

from portal.vocabulary import IntakeKind

_NUMBER_WORDS = (
    "身份证号 身份证 身份证号码 身份证件号码 证件号 证件号码 公民身份号码 公民身份证号码 居民身份证号 居民身份证号码"
)
_SCHOOL_CODE_WORDS = "学校代码 学校标识 学校识别码 机构标识码 学校机构标识码 学校编码"


@dataclass(frozen=True)
class Column:
    """``heading`` is ours (the contract's), ``spellings`` what other systems write, with blanks between.

    ``stand_ins`` are read only where the file has no column of the other spellings.
    """

    field: str
    heading: str
    spellings: str = ""
    required: bool = False
    stand_ins: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """Every way of writing the heading but the stand-ins; the name in parquet files is one of them."""
        return (self.field, self.heading, *self.spellings.split())


def _guardian(which: str) -> tuple[Column, ...]:
    """The columns of 监护人1 or 监护人2; what is not numbered is the first."""
    names = {"1": "监护人姓名 家长姓名 监护人 家长 父亲姓名 父亲 户主姓名", "2": "母亲姓名 母亲"}[which]
    numbers = {
        "1": "监护人身份证件号 监护人身份证号 监护人身份证号码 监护人证件号码 "
        "家长身份证号 家长身份证号码 父亲身份证号 父亲身份证号码",
        "2": "母亲身份证号 母亲身份证号码 母亲身份证件号",
    }[which]
    phones = {
        "1": "监护人电话 监护人联系电话 监护人手机号 家长电话 家长手机 家长手机号 家长手机号码 家长联系电话 联系电话 "
        "联系方式 手机 手机号 手机号码 电话 父亲电话 父亲联系电话 父亲手机号",
        "2": "母亲电话 母亲联系电话 母亲手机号",
    }[which]
    relations = {"1": "监护人关系 与监护人关系 与学生关系 家长关系", "2": ""}[which]
    people = (f"监护人{which}", f"家长{which}", f"家庭成员{which}", f"成员{which}")

    def each(*endings: str) -> str:
        return " ".join(person + ending for person in people for ending in endings)

    return (
        Column(f"g{which}_relation", f"监护人{which}关系", f"g{which}_rel {each('关系', '与学生关系')} {relations}"),
        Column(f"g{which}_name", f"监护人{which}姓名", f"{each('姓名', '')} {names}"),
        Column(
            f"g{which}_id",
            f"监护人{which}身份证件号",
            f"{each('身份证号', '身份证号码', '身份证件号', '身份证件号码', '证件号', '证件号码')} {numbers}",
        ),
        Column(
            f"g{which}_phone",
            f"监护人{which}电话",
            f"{each('电话', '联系电话', '手机号', '手机号码', '手机')} {phones}",
        ),
    )


ROSTER = (
    Column("row_id", "序号", "行号 编号"),
    Column("name", "姓名", "学生姓名 幼儿姓名 学生 名字", required=True),
    Column("former_name", "曾用名", "曾用姓名"),
    Column("sex", "性别", "学生性别"),
    Column("birth_date", "出生日期", "出生年月日 出生年月 生日"),
    Column("id_type", "身份证件类型", "证件类型 身份证类型 证件种类"),
    Column("id_no", "身份证件号", f"{_NUMBER_WORDS} 学生身份证号 学生身份证号码 学生身份证件号 学生证件号码"),
    Column("student_no", "学籍号", "全国学籍号 学籍号码 国网学籍号 学籍编号"),
    Column("school_code", "学校标识码", _SCHOOL_CODE_WORDS),
    Column("school", "学校名称", "学校 所在学校 就读学校 学校全称"),
    Column("grade", "年级", "年级名称 所在年级 就读年级"),
    Column("class_", "班级", "class 班级名称 所在班级 班 班别"),
    Column("boarding", "就读方式", "是否寄宿 是否住校 住宿情况 是否寄宿生"),
    *_guardian("1"),
    *_guardian("2"),
    Column(
        "hukou_div",
        "户口所在地行政区划码",
        "户口所在地 户籍地行政区划码 户籍行政区划码 户口所在地区划码 户籍区划代码 户籍所在地行政区划代码",
    ),
)

REGISTER = (
    Column("row_id", "序号", "行号 编号"),
    Column("register", "数据来源", "来源 来源部门 数据来源部门 名单来源 名册"),
    Column(
        "category",
        "困难类别",
        "类别 困难类型 人员类别 对象类别 救助类别 救助类型 困难群体类别 特殊困难类型 贫困类型 保障类别",
    ),
    Column("name", "姓名", "对象姓名 人员姓名 学生姓名 成员姓名 家庭成员姓名 保障对象姓名", required=True),
    Column(
        "id_no",
        "身份证件号",
        f"{_NUMBER_WORDS} 成员身份证号 学生身份证号",
        required=True,
        stand_ins="残疾证号 残疾人证号",
    ),
    Column("household_id", "户编号", "户号 家庭编号 户编码 低保证号 户主编号 家庭编码"),
    Column("county", "县区代码", "行政区划码 行政区划代码 区划代码 县区 县市区 县(市、区)代码 县(市、区) 户籍区划"),
    Column("address", "家庭住址", "住址 地址 家庭地址 户籍地址 现住址 详细地址"),
    Column("relation", "与户主关系", "与户主的关系 户主关系 家庭关系"),
    Column("valid_from", "有效期起", "认定日期 认定时间 起始日期 开始日期 有效期开始 认定起始日期 纳入日期 生效日期"),
    Column("valid_to", "有效期止", "截止日期 终止日期 结束日期 有效期至 认定终止日期 失效日期"),
)

AWARDS = (
    Column("row_id", "序号", "行号 编号"),
    Column("name", "姓名", "学生姓名 受助学生姓名", required=True),
    Column("id_no", "身份证件号", f"{_NUMBER_WORDS} 学生身份证号", required=True),
    Column("school_code", "学校标识码", _SCHOOL_CODE_WORDS),
    Column("policy", "资助项目", "资助项目名称 项目名称 资助名称 受助项目", required=True),
    Column("school_year", "学年", "资助学年", required=True),
    Column("term", "学期", "资助学期"),
    Column("amount", "金额", "资助金额 发放金额 受助金额 实发金额", required=True),
    Column("paid_on", "发放日期", "发放时间 资金发放日期 打卡日期"),
    Column("account_holder", "收款账户户主", "账户户主 户名 开户人 收款人 账户名"),
)

SYSTEM_LIST = (
    Column("row_id", "序号", "行号 编号"),
    Column("name", "姓名", "学生姓名 受助学生姓名", required=True),
    Column("id_no", "身份证件号", f"{_NUMBER_WORDS} 学生身份证号", required=True),
    Column("policy", "资助项目", "资助项目名称 项目名称 资助名称 受助项目"),
    Column("school_year", "学年", "资助学年"),
    Column("term", "学期", "资助学期"),
    Column("aided", "是否受助", "受助情况 是否受资助 是否享受资助 是否资助 本学期是否享受资助"),
    Column("amount", "金额", "资助金额 发放金额 受助金额 实发金额"),
    Column("reason", "未资助原因", "未受助原因 未受资助原因 未资助情况说明"),
)

KINDS = {
    IntakeKind.ROSTER: ROSTER,
    IntakeKind.REGISTER: REGISTER,
    IntakeKind.AWARDS: AWARDS,
    IntakeKind.NATIONAL_LIST: SYSTEM_LIST,
    IntakeKind.LIBRARY_LIST: SYSTEM_LIST,
}

TELLING = {
    IntakeKind.ROSTER: frozenset({"former_name", "student_no", "school_code", "school", "grade", "class_", "boarding"}),
    IntakeKind.REGISTER: frozenset({"register", "category", "household_id", "relation", "valid_from", "valid_to"}),
}
"""The columns by which a roster and a register are told apart; 性别, 家庭住址 and the like may stand in both."""

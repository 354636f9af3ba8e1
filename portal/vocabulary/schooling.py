"""学校与学籍: stages, terms, how a child is at school and where it goes."""

from portal.vocabulary.labelled import Labelled


class Stage(Labelled):
    """学段."""

    PRESCHOOL = "preschool", "学前"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "普通高中"
    VOCATIONAL = "vocational", "中等职业学校"
    COLLEGE = "college", "高校本专科"
    MASTER = "master", "硕士研究生"
    DOCTOR = "doctor", "博士研究生"


class SchoolOwnership(Labelled):
    """办学性质."""

    PUBLIC = "public", "公办"
    PRIVATE = "private", "民办"


class Term(Labelled):
    """学期 within a school year."""

    AUTUMN = "autumn", "秋季学期"
    SPRING = "spring", "春季学期"


class Sex(Labelled):
    """性别."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class Boarding(Labelled):
    """就读方式."""

    DAY = "day", "走读"
    BOARDING = "boarding", "住校"
    AT_HOME = "at_home", "送教上门"


class MoveKind(Labelled):
    """学籍变动."""

    TRANSFER = "transfer", "转学"
    SUSPENSION = "suspension", "休学"
    DROP_OUT = "drop_out", "退学、疑似失学"
    GRADUATION = "graduation", "毕业、结业"
    DEATH = "death", "去世"


class MoveEnd(Labelled):
    """What a move came to."""

    ACCEPTED = "accepted", "转入学校已接收"
    SENT_BACK = "sent_back", "转入学校退回"
    ABROAD = "abroad", "转到省外，由那边资助"
    RETURNED = "returned", "已返校"
    TAKEN_BACK = "taken_back", "登记有误，已撤销"
    REPLACED = "replaced", "有了新的变动"

"""困难类别 known when the portal began: codes, names, usual spellings, bureaus, and how long each holds."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

AGRICULTURE, CIVIL, DISABLED, VETERANS = "农业农村", "民政", "残联", "退役军人、公安"

# The five years after leaving poverty ended with 2025; whether the name goes on is not published.
TRANSITION_ENDED = date(2025, 12, 31)

DIBAO = ["低保", "城乡低保", "低保户", "低保对象", "低保家庭", "城市低保", "农村低保", "最低生活保障"]
DIBAO += ["城乡最低生活保障"]

CATEGORIES = [
    # code, name, other spellings, bureau, until
    (
        "JS_JDLK",
        "江苏省原建档立卡家庭",
        ["建档立卡", "原建档立卡", "建档立卡户", "建档立卡贫困户", "建档立卡家庭", "原建档立卡家庭", "省建档立卡"],
        AGRICULTURE,
        TRANSITION_ENDED,
    ),
    ("TP", "脱贫家庭", ["脱贫", "脱贫户", "脱贫人口", "已脱贫户"], AGRICULTURE, None),
    ("TP_UNST", "脱贫不稳定家庭", ["脱贫不稳定", "脱贫不稳定户"], AGRICULTURE, None),
    ("EDGE", "边缘易致贫家庭", ["边缘易致贫", "边缘易致贫户", "边缘户"], AGRICULTURE, None),
    ("SUDDEN", "突发严重困难家庭", ["突发严重困难", "突发严重困难户", "突发困难户"], AGRICULTURE, None),
    (
        "DIBAO",
        "城乡低保家庭",
        DIBAO,
        CIVIL,
        None,
    ),
    (
        "DIBAO_EDGE",
        "低保边缘家庭",
        ["低保边缘", "低保边缘户", "低保边缘家庭成员", "最低生活保障边缘家庭"],
        CIVIL,
        None,
    ),
    (
        "TEKUN",
        "特困救助供养",
        ["特困", "特困供养", "特困人员", "特困救助供养学生", "特困供养人员", "城乡特困人员", "五保", "五保户"],
        CIVIL,
        None,
    ),
    ("RIGID", "支出型困难家庭", ["支出型困难", "刚性支出困难", "刚性支出困难人口", "刚性支出困难家庭"], CIVIL, None),
    ("LOWINC", "其他低收入家庭", ["其他低收入", "其他低收入人口", "低收入家庭", "低收入人口"], CIVIL, None),
    ("ORPHAN", "孤儿", ["孤儿学生", "社会散居孤儿", "集中供养孤儿"], CIVIL, None),
    ("DEFACTO", "事实无人抚养儿童", ["事实无人抚养", "事实孤儿"], CIVIL, None),
    ("DIS", "残疾学生", ["残疾", "残疾人", "残疾人(学生)", "残疾儿童", "持证残疾人"], DISABLED, None),
    ("DIS_PARENT", "残疾人子女", ["残疾人家庭子女", "残疾人(监护人)"], DISABLED, None),
    ("MARTYR", "烈士子女", [], "退役军人", None),
    ("ENTITLED", "优抚对象子女、因公牺牲警察子女", ["优抚对象子女", "因公牺牲警察子女", "优抚"], VETERANS, None),
    ("DILEMMA", "困境儿童", [], CIVIL, None),
    ("WORKER", "困难职工家庭子女", ["困难职工子女", "特困职工家庭子女", "特困职工子女"], "工会", None),
    ("GENERAL", "一般家庭经济困难", ["一般困难", "家庭经济困难"], "学校", None),
]

hardship_category = sa.table(
    "hardship_category",
    sa.column("code", sa.String),
    sa.column("name", sa.String),
    sa.column("aliases", sa.ARRAY(sa.String)),
    sa.column("bureau", sa.String),
    sa.column("until", sa.Date),
)


def upgrade():
    op.bulk_insert(
        hardship_category,
        [
            {"code": code, "name": name, "aliases": aliases, "bureau": bureau, "until": until}
            for code, name, aliases, bureau, until in CATEGORIES
        ],
    )


def downgrade():
    op.execute(hardship_category.delete().where(hardship_category.c.code.in_([row[0] for row in CATEGORIES])))

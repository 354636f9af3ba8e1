"""下年度预算 as a workbook whose cells are formulas: whoever changes an assumption sees the sum change."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from portal.coverage.budget import Budget, BudgetLine
from portal.policies.catalogue import Catalogue

HEADINGS = (
    "资助项目", "下学年年级", "本年同年级人数", "升级带入人数", "新增预留人数", "预算人数", "每学期标准（元）",
    "学期数", "预算金额（元）", "公式", "标准依据",
)  # fmt: skip
WIDTHS = (34, 20, 16, 14, 14, 12, 18, 10, 18, 52, 52)
FIRST = 4
"""The row of the first line, from 1."""
ENTRY, GROWTH, TERMS = "依据!$B$3", "依据!$B$4", "依据!$B$5"


@dataclass(frozen=True)
class Looks:
    plain: Format
    head: Format
    title: Format
    count: Format
    yuan: Format
    share: Format


def workbook(made: Budget, unit: str, taken_on: date, catalogue: Catalogue) -> bytes:
    out = BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        looks = Looks(
            book.add_format({"text_wrap": True, "valign": "vcenter"}),
            book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E2EDE8", "border": 1}),
            book.add_format({"bold": True, "font_size": 14}),
            book.add_format({"num_format": "#,##0", "valign": "vcenter"}),
            book.add_format({"num_format": "#,##0.00", "valign": "vcenter"}),
            book.add_format({"num_format": "0%", "bg_color": "#FDF0E3"}),
        )
        _lines(book.add_worksheet("预算"), made, unit, taken_on, catalogue, looks)
        _grounds(book.add_worksheet("依据"), made, unit, taken_on, looks)
    return out.getvalue()


def formulas(line: BudgetLine, row: int) -> tuple[str, str, str]:
    """Of the allowance, the pupils and the yuan of the line that stands in this row."""
    entry = f"=MAX(ROUND(C{row}*{ENTRY},0)-D{row},0)"
    growth = f"=ROUND(D{row}*{GROWTH},0)"
    return entry if line.place.is_entry else growth, f"=D{row}+E{row}", f"=F{row}*G{row}*H{row}"


def _lines(sheet: Worksheet, made: Budget, unit: str, taken_on: date, catalogue: Catalogue, looks: Looks) -> None:
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, f"{unit} {made.year} 学年学生资助预算", looks.title)
    sheet.write_string(
        1, 0, f"人数取自门户台账（{taken_on.isoformat()}）；浅橙色的比例和学期数在“依据”页，改了金额跟着变。"
    )
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(FIRST - 2, column, heading, looks.head)
    sheet.freeze_panes(FIRST - 1, 2)
    for row, line in enumerate(made.lines, FIRST):
        policy = catalogue[line.place.policy]
        allowance, pupils, yuan = formulas(line, row)
        sheet.write_string(row - 1, 0, policy.name, looks.plain)
        sheet.write_string(row - 1, 1, line.place.grade_words, looks.plain)
        sheet.write_number(row - 1, 2, line.now, looks.count)
        sheet.write_number(row - 1, 3, line.moved, looks.count)
        sheet.write_formula(row - 1, 4, allowance, looks.count, line.allowance)
        sheet.write_formula(row - 1, 5, pupils, looks.count, line.pupils)
        sheet.write_number(row - 1, 6, float(line.place.yuan), looks.yuan)
        sheet.write_formula(row - 1, 7, f"={TERMS}", looks.count, made.stated.terms)
        sheet.write_formula(row - 1, 8, yuan, looks.yuan, float(line.yuan))
        sheet.write_string(row - 1, 9, f"E {allowance}；F {pupils}；I {yuan}", looks.plain)
        sheet.write_string(row - 1, 10, "按下学年第一天有效的标准判定，资助政策目录 " + line.place.policy, looks.plain)
    last = FIRST + len(made.lines)
    sheet.write_string(last - 1, 0, "合计", looks.head)
    for column, value in ((5, sum(line.pupils for line in made.lines)), (8, float(made.yuan))):
        letter = "ABCDEFGHI"[column]
        total = f"=SUM({letter}{FIRST}:{letter}{last - 1})" if made.lines else "=0"
        sheet.write_formula(last - 1, column, total, looks.yuan if column == 8 else looks.count, value)
        sheet.write_string(last - 1, 9, "F、I 两列自上而下相加", looks.plain)


def _grounds(sheet: Worksheet, made: Budget, unit: str, taken_on: date, looks: Looks) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 90)
    stated = (
        (
            "起始年级预留比例",
            made.stated.entry_percent / 100,
            "下学年起始年级至少按本年同年级人数的这个比例安排",
            looks.share,
        ),
        (
            "其他年级新增比例",
            made.stated.growth_percent / 100,
            "升级带入人数之外，按这个比例预留新识别的学生",
            looks.share,
        ),
        ("学期数", made.stated.terms, "一学年两学期；按财政年度编制的，改成预算年度内要发的学期数", looks.count),
        ("离开的学生", made.leavers, "本年在毕业年级，下学年不在这一学段；升入高中阶段的由起始年级预留", looks.count),
        ("年级不清的学生", made.unread, "名册没有写学段或年级，不在预算里，请补全名册", looks.count),
    )
    sheet.write_string(0, 0, f"{unit}：预算的依据（{taken_on.isoformat()} 的台账）", looks.title)
    for row, (name, value, words, look) in enumerate(stated, 2):
        sheet.write_string(row, 0, name, looks.plain)
        sheet.write_number(row, 1, value, look)
        sheet.write_string(row, 2, words, looks.plain)
    sheet.write_string(
        8, 0, "人数包括比对确认和人工新增的在校学生；减免（不是发钱）的项目不列金额。苏教助函〔2020〕8号 三（三）。"
    )

"""Files like those that offices send, for chance to begin from; all people are invented (districts 3299xx)."""

import io
import zipfile

_ROSTER = "学籍名册,,\r\n序号,姓名,身份证件号,出生日期,学籍号,年级,班级,监护人1姓名,监护人1电话\r\n"
_ROSTER += "1,王小雨,329901201603050015,2016-03-05,G329901201603050015,四年级,(2)班,王丽,19900000001\r\n"
_REGISTER = "序号,困难类别,姓名,身份证件号,户编号,家庭住址,有效期起,有效期止\r\n"
_REGISTER += '2,低保,阿依古丽·买买提,32990120130206005x,"=""H1""",某路1号,2025/1/1,长期\r\n'
_AWARDS = "姓名;身份证件号;资助项目;学年;学期;金额;发放日期\r\n"
_AWARDS += "王小雨;３２９９０１２０１６０３０５００１５;CMP-LIVE;2026-2027;秋季;500.00;20261015"


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            archive.writestr(name, "<a/>")
    return buffer.getvalue().removeprefix(b"PK")


SEEDS = (
    _ROSTER.encode(),
    _REGISTER.encode("gb18030"),
    _AWARDS.encode("utf-16"),
    "王小雨(小) 3.29901E+17 '329901201603050015".encode(),
    _zip(),
)

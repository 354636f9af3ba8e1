"""A message as suppliers get it, with the templates that they approved for its words."""

from uuid import UUID

from portal.outreach.gateways.approved import Approved
from portal.outreach.gateways.protocol import Outgoing

MESSAGE_ID = UUID("b1a1f0de-0000-4000-8000-000000000001")
TEXT = "【示例县教育局】王同学有学生资助待确认,不用交证明、不交钱。9月21日前问学校,0510-00000001"
WORDS = "有学生资助待确认,不用交证明、不交钱。"
BY_NAME = Approved("SMS_480000001", "${child}" + WORDS + "${date}前问学校,${landline}")
BY_NUMBER = Approved("2400001", "{1}" + WORDS + "{2}前问学校,{3}")
BY_FIELD = Approved(
    "tmpl-1", "【{{thing1.DATA}}】{{name2.DATA}}" + WORDS + "{{date3.DATA}}前问学校,{{phone_number4.DATA}}"
)


def a_message(to: str = "19900000001", text: str = TEXT, *templates: Approved) -> Outgoing:
    return Outgoing(MESSAGE_ID, to, text, templates)

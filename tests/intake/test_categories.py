"""困难类别: the province adds one without anybody's code, and lists may name it from then on (N1-1)."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.intake.categories import CategoryRefused, Said, add
from portal.intake.receive import category_codes
from portal.models import AuditEntry, StaffMember
from portal.vocabulary import Role
from tests.builders import a_school, a_staff_member

RELAPSE = Said("RELAPSE", "防止返贫致贫对象", "返贫监测户、监测对象", "农业农村")


def the_province(session: Session) -> StaffMember:
    return a_staff_member(session, "prov", Role.PROVINCE_OFFICER, a_school(session).parent.parent.parent)


def test_by_its_name_and_by_other_spellings_a_list_means_it_from_then_on(session: Session) -> None:
    add(session, RELAPSE, the_province(session))
    known = category_codes(session)
    assert {known[written] for written in ("防止返贫致贫对象", "返贫监测户", "监测对象")} == {"RELAPSE"}
    session.flush()
    assert session.scalars(select(AuditEntry.detail).order_by(AuditEntry.id.desc())).first() == {
        "about": "RELAPSE 防止返贫致贫对象"
    }


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "返贫"}, "大写字母"),
        ({"code": "DIBAO"}, "代码 DIBAO 已经有了"),
        ({"name": "孤儿"}, "“孤儿”已经是类别 ORPHAN 的叫法"),
        ({"aliases": "监测户、低保户"}, "“低保户”已经是类别 DIBAO 的叫法"),
        ({"code": "DIBAO_"}, "代码 DIBAO 已经有了"),
        ({"name": "（孤儿）"}, "已经是类别 ORPHAN 的叫法"),
        ({"aliases": "5.孤儿"}, "已经是类别 ORPHAN 的叫法"),
        ({"aliases": "低保-户"}, "已经是类别 DIBAO 的叫法"),
        ({"aliases": "孤儿家庭"}, "已经是类别 ORPHAN 的叫法"),
        ({"aliases": "（）"}, "没有名单能认的字"),
        ({"aliases": "监测户、" + "长" * 61}, "有61个字"),
    ],
)
def test_what_would_mean_two_things_is_refused_with_what_to_do(
    session: Session, changed: dict[str, object], sentence: str
) -> None:
    with pytest.raises(CategoryRefused, match=sentence):
        add(session, replace(RELAPSE, **changed), the_province(session))  # type: ignore[arg-type]

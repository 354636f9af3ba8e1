"""我的信息: what the portal holds of one child, to see with numbers masked, or to take away in full (PIPL 45)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import SchoolTerm, local, working_days_after
from portal.coverage.words import class_words, day_words, register_words, yuan_words
from portal.enrolment.local_standards import place_of
from portal.models import Award, EnrolmentRecord, HardshipCategory, MatchPair, Pupil, Unit
from portal.policies.catalogue import Catalogue
from portal.privacy.masking import mask_name, mask_number, mask_phone

ANSWER_WITHIN = 15
"""Working days for asking that something be deleted: our promise, the law says 及时."""
NOTHING = "没有"
Mask = Callable[[str], str]


@dataclass(frozen=True)
class Line:
    """One kind of information and its content."""

    kind: str
    content: str


def answered_by(asked_on: date) -> date:
    return working_days_after(asked_on, ANSWER_WITHIN)


def shown(session: Session, pupil: Pupil) -> tuple[Line, ...]:
    """For the screen of a phone that others see too: numbers masked, no category named, what is lacking in one line."""
    lines = (
        *_person(pupil, mask_number, _hukou(session, pupil)),
        *_guardians(pupil, mask_name, mask_phone, mask_number),
        *_school(session, pupil),
    )
    lacking = [line.kind for line in lines if line.content == NOTHING]
    known = tuple(line for line in lines if line.content != NOTHING)
    return (*known, Line("没有登记的", "、".join(lacking))) if lacking else known


def in_full(session: Session, pupil: Pupil, catalogue: Catalogue) -> str:
    """The whole of it as plain text, which every phone opens."""
    lines = (
        *_person(pupil, str, _hukou(session, pupil)),
        *_guardians(pupil, str, str, str),
        *_school(session, pupil),
        *_lists(session, pupil),
        *_awards(session, pupil, catalogue),
    )
    return "".join(f"{line.kind}：{line.content}\r\n" for line in lines)


def _hukou(session: Session, pupil: Pupil) -> str:
    """By name where the place is one of ours, with the six digits of the roster."""
    unit = session.scalars(select(Unit).where(Unit.code == pupil.hukou_division[:6])).first()
    return f"{place_of(unit)}（{pupil.hukou_division}）" if unit else pupil.hukou_division


def _person(pupil: Pupil, number: Mask, place: str) -> list[Line]:
    born = pupil.birth_date
    return [
        Line("姓名", pupil.name or NOTHING),
        Line("曾用名", pupil.former_name or NOTHING),
        Line("出生日期", day_words(born) if born else NOTHING),
        *_otherwise(pupil),
        Line("性别", pupil.sex.label if pupil.sex else NOTHING),
        Line("身份证件号", number(pupil.id_number or "") or NOTHING),
        Line("学籍号", number(pupil.student_number or "") or NOTHING),
        Line("户口所在地", place or NOTHING),
    ]


def _otherwise(pupil: Pupil) -> list[Line]:
    """Where the roster's own column contradicts the number."""
    born = pupil.birth_date_of_roster
    return [Line("名册上写的出生日期", day_words(born))] if born and born != pupil.birth_date else []


def _guardians(pupil: Pupil, name: Mask, phone: Mask, number: Mask) -> list[Line]:
    return [
        Line(
            f"监护人（{guardian.relation or '没有写关系'}）",
            "，".join(
                (
                    name(guardian.name or "") or "没有姓名",
                    phone(guardian.phone or "") or "没有电话",
                    number(guardian.id_number or "") or "没有证件号",
                )
            ),
        )
        for guardian in pupil.guardians
    ]


def _school(session: Session, pupil: Pupil) -> list[Line]:
    records = session.scalars(select(EnrolmentRecord).where(EnrolmentRecord.pupil_id == pupil.id))
    enrolled = sorted(records, key=lambda record: SchoolTerm.parse(record.term), reverse=True)
    return [
        Line(
            SchoolTerm.parse(record.term).label,
            f"{record.school.name} {class_words(record.grade, record.class_name)}".strip(),
        )
        for record in enrolled
    ]


def _lists(session: Session, pupil: Pupil) -> list[Line]:
    names = {category.code: category.name for category in session.scalars(select(HardshipCategory))}
    pairs = session.scalars(select(MatchPair).where(MatchPair.pupil_id == pupil.id).order_by(MatchPair.found_on))
    lines = []
    for pair in pairs:
        until = f"，到{day_words(local(pair.superseded_at).date())}为止" if pair.superseded_at else ""
        category = names.get(pair.category or "", pair.category or "")
        said = (
            f"{register_words(pair.register or '')}名单，{category}，{pair.basis.label}，{pair.decision.label}{until}"
        )
        lines.append(Line(f"{day_words(pair.found_on)}比对", said))
    return lines


def _awards(session: Session, pupil: Pupil, catalogue: Catalogue) -> list[Line]:
    awards = session.scalars(select(Award).where(Award.pupil_id == pupil.id).order_by(Award.paid_on))
    return [
        Line(
            f"{day_words(award.paid_on)}发放",
            f"{catalogue[award.policy].family_name} {yuan_words(award.yuan)}元，收款人{award.payee or '没有写'}",
        )
        for award in awards
    ]

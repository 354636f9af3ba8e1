"""Both records side by side: what each says, masked, and in words what agrees and what differs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.access.permissions import Permission
from portal.access.scope import Scope
from portal.clock import SchoolTerm
from portal.enrolment.standing import desk_of, may_be_settled
from portal.matching.agreement import NameAgreement, Validity, compare_names, validity
from portal.matching.rules import BY_CODE
from portal.models import (
    BureauQuestion,
    EnrolmentRecord,
    Guardian,
    HardshipCategory,
    MatchPair,
    Pupil,
    RegisterEntry,
    Settlement,
)
from portal.privacy.masking import mask_name, mask_number
from portal.privacy.names import variant_spelling
from portal.privacy.resident_id import birth_date_of, read_number, sex_of
from portal.vocabulary import Answer, Basis, Labelled

MOST_PLACES = 3


class Verdict(Labelled):
    """How a line of the two records compares."""

    AGREES = "agrees", "一致"
    DIFFERS = "differs", "不同"
    SILENT = "silent", "有一边没有写"
    APART = "apart", "不是同一个人"


@dataclass(frozen=True)
class Line:
    """One thing both sides may say; ``words`` tells how it differs, since masked values may look alike."""

    label: str
    ours: str
    theirs: str
    verdict: Verdict
    words: str


@dataclass(frozen=True)
class Beside:
    """A pair as the one who settles it sees it."""

    pair_id: UUID
    pupil_id: UUID
    masked_name: str
    school: str
    grade: str
    class_name: str
    who: str
    """Whom the list names: 本人, 监护人 or 同户."""
    category: str
    register: str
    register_row: str
    """序号 in the file, by which the bureau finds the entry without being told a name."""
    doubt: str
    because: str
    found_on: date
    desk: Permission
    open: bool
    settled_as: Answer | None
    settled_by: str
    settled_at: datetime | None
    act_id: UUID | None
    questions: tuple[BureauQuestion, ...]
    """Put to bureaus, with or without an answer."""
    lines: tuple[Line, ...]


def beside(session: Session, scope: Scope, pair_id: UUID, by: str, source: str, in_full: bool = False) -> Beside:
    """Raise NotInScope for what is not theirs; that it was looked at is recorded."""
    pair = scope.find(session, MatchPair, pair_id, MatchPair.school_id)
    pupil, entry, settlement = pair.pupil, pair.entry, pair.settlement
    audit.record(session, by, "read", unit_id=pair.school_id, pupil_id=pupil.id, source=source, page="review")
    record = session.scalars(
        select(EnrolmentRecord).where(
            EnrolmentRecord.pupil_id == pupil.id,
            EnrolmentRecord.term == pair.term,
            EnrolmentRecord.school_id == pair.school_id,
        )
    ).first()
    category = session.get(HardshipCategory, pair.category or "")
    rule = BY_CODE.get(pair.rule)
    first_day = SchoolTerm.parse(pair.term).first_day
    lines = tuple(_lines(pair, pupil, entry, first_day, _plain if in_full else _masked)) if entry else ()
    return Beside(
        pair_id=pair.id,
        pupil_id=pupil.id,
        masked_name=mask_name(pupil.name or ""),
        school=pupil.school.name,
        grade=record.grade if record else "",
        class_name=record.class_name if record else "",
        who=pair.basis.label,
        category=category.name if category else "",
        register=pair.register or "",
        register_row=entry.register_row if entry else "",
        doubt=rule.officer if rule else "",
        because=pair.because or "",
        found_on=pair.found_on,
        desk=desk_of(pair),
        open=may_be_settled(pair),
        settled_as=pair.settled_as,
        settled_by=settlement.by if settlement else "",
        settled_at=settlement.at if settlement else None,
        act_id=settlement.act_id if settlement else None,
        questions=tuple(_asked(session, settlement)) if settlement else (),
        lines=lines,
    )


def _asked(session: Session, settlement: Settlement) -> Sequence[BureauQuestion]:
    open_ones = BureauQuestion.settlement_id == settlement.id, BureauQuestion.closed_at.is_(None)
    return session.scalars(select(BureauQuestion).where(*open_ones).order_by(BureauQuestion.asked_at)).all()


Show = Callable[[str, str], str]


def _masked(kind: str, text: str) -> str:
    return {"name": mask_name, "number": mask_number, "day": _year}[kind](text)


def _year(day: str) -> str:
    return f"{day[:4]}年" if day else ""


def _plain(_kind: str, text: str) -> str:
    return text


def _lines(pair: MatchPair, pupil: Pupil, entry: RegisterEntry, first_day: date, show: Show) -> Iterator[Line]:
    if pair.basis is Basis.HOUSEHOLD:
        yield from _of_household(pupil, entry, show)
    else:
        guardian = guardian_of(pupil, entry) if pair.basis is Basis.GUARDIAN else None
        name, number = (guardian.name, guardian.id_number) if guardian else (pupil.name, pupil.id_number)
        former = "" if guardian else pupil.former_name or ""
        yield _name_line("监护人姓名" if guardian else "姓名", name or "", former, entry.name or "", show)
        yield _number_line("监护人证件号" if guardian else "证件号", number or "", entry.id_number or "", show)
        if guardian:
            ours, said = f"学生的{guardian.relation or '监护人'}", entry.relation or "没有写"
            yield Line("关系", ours, f"与户主关系：{said}", Verdict.SILENT, "看是不是一家")
        else:
            yield from _of_person(pupil, entry, show)
    yield _validity_line(entry, first_day)


def guardian_of(pupil: Pupil, entry: RegisterEntry) -> Guardian | None:
    """The one who met the entry: by number, else by name, else the first."""
    by_number = [one for one in pupil.guardians if one.id_number_index == entry.id_number_index]
    by_name = [one for one in pupil.guardians if one.name and one.name == entry.name]
    return next(iter([*by_number, *by_name, *pupil.guardians]), None)


def _of_person(pupil: Pupil, entry: RegisterEntry, show: Show) -> Iterator[Line]:
    ours, theirs = read_number(pupil.id_number or "").value, read_number(entry.id_number or "").value
    born, listed = (str(day or "") for day in (pupil.birth_date_of_roster, birth_date_of(theirs)))
    yield _plain_line("出生日期", born, listed, show)
    sex, other = pupil.sex or sex_of(ours), sex_of(theirs)
    yield _plain_line("性别", sex.label if sex else "", other.label if other else "")
    yield _plain_line("户口所在地", pupil.hukou_division[:6], entry.county_code[:6])


def _of_household(pupil: Pupil, entry: RegisterEntry, show: Show) -> Iterator[Line]:
    yield Line(
        "姓名", show("name", pupil.name or ""), show("name", entry.name or ""), Verdict.APART, "名单上是同户的另一个人"
    )
    guardians = "、".join(f"{one.relation or '监护人'}{show('name', one.name or '')}" for one in pupil.guardians)
    yield Line(
        "家人", guardians or "没有写", f"与户主关系：{entry.relation or '没有写'}", Verdict.SILENT, "看是不是一家"
    )


def _name_line(label: str, ours: str, former: str, theirs: str, show: Show) -> Line:
    found = compare_names(ours, former, theirs)
    shown = show("name", ours), show("name", theirs)
    if found is NameAgreement.EQUAL:
        return Line(label, *shown, Verdict.AGREES, "一致")
    if found is NameAgreement.VARIANT:
        return Line(label, *shown, Verdict.AGREES, variant_spelling(ours, theirs) or found.label)
    if found is NameAgreement.FORMER:
        return Line(label, *shown, Verdict.AGREES, "与曾用名一致")
    if found is NameAgreement.MISSING:
        return Line(label, *shown, Verdict.SILENT, "有一边空缺或损坏")
    return Line(label, *shown, Verdict.DIFFERS, _how_differs(ours, theirs, "字"))


def _number_line(label: str, ours: str, theirs: str, show: Show) -> Line:
    shown = show("number", ours) or "没有写", show("number", theirs) or "没有写"
    one, other = read_number(ours), read_number(theirs)
    if not ours or not theirs:
        return Line(label, *shown, Verdict.SILENT, "有一边没有写")
    if (one.value or ours) == (other.value or theirs):
        sure = one.certain and other.certain
        return Line(label, *shown, Verdict.AGREES, "一致" if sure else "写法一致，但号码本身通不过校验")
    return Line(label, *shown, Verdict.DIFFERS, _how_differs(one.value or ours, other.value or theirs, "位"))


def _how_differs(ours: str, theirs: str, unit: str) -> str:
    """第2字不同; of a few places only, more are simply different."""
    if len(ours) != len(theirs):
        return f"{unit}数不同：{len(ours)}{unit}和{len(theirs)}{unit}"
    places = [place for place, (one, other) in enumerate(zip(ours, theirs, strict=True), 1) if one != other]
    if len(places) > MOST_PLACES or len(places) == len(ours):
        return "完全不同" if len(places) == len(ours) else f"有{len(places)}{unit}不同"
    if len(places) == 2 and places[1] == places[0] + 1 and _exchanged(ours, theirs, places[0] - 1):
        return f"第{places[0]}、{places[1]}{unit}前后对调"
    return f"第{'、'.join(map(str, places))}{unit}不同"


def _exchanged(ours: str, theirs: str, at: int) -> bool:
    return ours[at : at + 2] == theirs[at : at + 2][::-1]


def _plain_line(label: str, ours: str, theirs: str, show: Show | None = None) -> Line:
    shown = (show("day", ours), show("day", theirs)) if show else (ours, theirs)
    if not ours or not theirs:
        words = "有一边没有写" if ours or theirs else "两边都没有写"
        return Line(label, shown[0] or "没有写", shown[1] or "没有写", Verdict.SILENT, words)
    same = ours == theirs
    return Line(label, *shown, Verdict.AGREES if same else Verdict.DIFFERS, "一致" if same else "不同")


def _validity_line(entry: RegisterEntry, first_day: date) -> Line:
    found = validity(entry.valid_to, entry.valid_to_unreadable, first_day, entry.valid_from)
    until = "看不懂" if entry.valid_to_unreadable else str(entry.valid_to or "长期")
    if found in (Validity.NOT_BEGUN, Validity.UNREADABLE) and entry.valid_from:
        until = f"{until}，从 {entry.valid_from} 起"
    verdict = Verdict.AGREES if found is Validity.IN_FORCE else Verdict.DIFFERS
    return Line("有效期止", f"本学期从 {first_day} 开始", until, verdict, found.label)

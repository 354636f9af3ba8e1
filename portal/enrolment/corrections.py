"""信息不对: what a family may say is wrong, each with who looks into it; nothing is ever asked in proof."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal import audit
from portal.access.scope import Scope
from portal.clock import local, working_days_after
from portal.enrolment.waivers import APART
from portal.models import Correction, Pupil, Unit
from portal.privacy.masking import one_line
from portal.vocabulary import UnitLevel
from portal.vocabulary.unsaid import asks_to_bring

LONGEST = 200
MOST = 200
"""So many are looked through at once; the oldest come first."""
ANSWER_WITHIN, SETTLE_WITHIN = 2, 20
"""Working days for what the unit above the school looks into."""
NOT_ON_LIST = "not_on_list"
NOES = ("not_in_school", "no_aid_wanted")
"""What a no to either of the two questions is kept as."""


class CorrectionRefused(ValueError):
    """One sentence that says what to change."""


@dataclass(frozen=True)
class About:
    """``looks`` is the level that looks into it; what goes to the county is not shown to the school."""

    code: str
    label: str
    looks: UnitLevel
    answer: str
    """What the family reads after saying it."""
    needs_answer: bool = False
    """Whoever settles it answers in writing, with the reason where it is refused (PIPL 15, 47)."""


ABOUTS = {
    about.code: about
    for about in (
        About("not_in_school", "孩子不在这所学校了", UnitLevel.SCHOOL, "学校会核实孩子在哪里上学，资助不会因此停掉。"),
        About(
            "no_aid_wanted", "现在不需要资助", UnitLevel.SCHOOL,
            f"记下了。{APART.days}天后您再说一次才算数，随时可以改主意。",
        ),
        About("wrong_details", "姓名、年级、班级等信息不对", UnitLevel.SCHOOL, "学校会核对并改正，不用您交材料。"),
        About(
            NOT_ON_LIST, "名单弄错了，孩子不该在名单上", UnitLevel.COUNTY,
            "记下了，资助中心请报名单的部门查，查清了书面答复您。没查清以前资助不停。", True,
        ),
        About(
            "never_agreed", "学校记的不是我说的，我没同意过", UnitLevel.COUNTY,
            "已重新打开，以您自己的回答为准。资助中心会查明经过。",
        ),
        About(
            "asked_for_proof", "有人要我交证明、验证码、转账", UnitLevel.COUNTY,
            "资助中心会查。请不要交，也不要转账。",
        ),
        About("asked_to_erase", "要求删除孩子的信息", UnitLevel.COUNTY, "记下了。资助中心会书面答复您。", True),
        About("other", "别的情况", UnitLevel.SCHOOL, "学校会看到您写的话，并联系您。"),
    )
}  # fmt: skip


def record(session: Session, pupil: Pupil, term: str, about: str, words: str, by: str, now: datetime) -> Correction:
    """Saying the same again while it is unsettled adds nothing, unless there are other words."""
    if about not in ABOUTS:
        raise CorrectionRefused("请选一项：哪里不对")
    words = " ".join(words.split())
    if len(words) > LONGEST:
        raise CorrectionRefused(f"说明请不超过{LONGEST}个字，现在有{len(words)}个字")
    session.execute(select(Pupil.id).where(Pupil.id == pupil.id).with_for_update())  # two taps take turns
    for standing in unsettled(session, pupil.id, term):
        if standing.about == about and (standing.words or "") == words:
            return standing
    correction = Correction(
        pupil_id=pupil.id, school_id=pupil.school_id, term=term, about=about, words=words, said_at=now
    )
    session.add(correction)
    session.flush()
    audit.record(session, by, "corrected", unit_id=pupil.school_id, pupil_id=pupil.id, about=about)
    return correction


def unsettled(session: Session, pupil_id: UUID, term: str) -> list[Correction]:
    """What a family said in a term that nobody has looked into yet, oldest first."""
    statement = select(Correction).where(
        Correction.pupil_id == pupil_id, Correction.term == term, Correction.settled_at.is_(None)
    )
    return list(session.scalars(statement.order_by(Correction.said_at)))


def settle(session: Session, pupil_id: UUID, term: str, abouts: Collection[str], now: datetime) -> None:
    """Looked into, or taken back by the family."""
    for correction in unsettled(session, pupil_id, term):
        if correction.about in abouts:
            correction.settled_at = now


def settle_one(session: Session, said: Correction, answer: str, by: str, now: datetime) -> None:
    """Looked into; the answer is for the family to read. Raise CorrectionRefused where one is owed and not given."""
    answer = one_line(answer)
    if ABOUTS[said.about].needs_answer and not answer:
        raise CorrectionRefused("请写答复，家长看得到；不能办的写明原因")
    if len(answer) > LONGEST:
        raise CorrectionRefused(f"答复请不超过{LONGEST}个字，现在有{len(answer)}个字")
    if asks_to_bring(answer):
        raise CorrectionRefused("答复里不能要家长交证明、材料或盖章（苏教助函〔2020〕8号 三（一）），请改一下")
    _lock(session, [said])
    if said.settled_at is not None:
        raise CorrectionRefused("这一条已经有人核实过了，您写的没有存；已有的答复在学生页上")
    said.settled_at, said.settled_by, said.answer = now, by, answer
    audit.record(session, by, "correction_settled", unit_id=said.school_id, pupil_id=said.pupil_id, about=said.about)


def settle_alike(session: Session, said: Sequence[Correction], answer: str, by: str, now: datetime) -> UUID:
    """In one press what families said of one matter; all of it or nothing. Raise CorrectionRefused."""
    if not said:
        raise CorrectionRefused("请先勾选要记为核实的")
    if len({one.about for one in said}) > 1:
        raise CorrectionRefused("一次只能办同一种情况，请分开办")
    act = uuid4()
    _lock(session, said)
    for one in said:
        settle_one(session, one, answer, by, now)
        one.act_id = act
    return act


def _lock(session: Session, said: Sequence[Correction]) -> None:
    """As they stand now, until the commit: two officers take turns."""
    mine = select(Correction).where(Correction.id.in_([one.id for one in said])).order_by(Correction.id)
    session.scalars(mine.with_for_update(of=Correction).execution_options(populate_existing=True)).all()


def settled_with(session: Session, scope: Scope, act: UUID) -> list[Correction]:
    """Nothing once it waits again."""
    of_act = scope.narrow(select(Correction).where(Correction.act_id == act), Correction.school_id)
    return list(session.scalars(of_act.order_by(Correction.said_at)))


def wait_again(session: Session, said: Sequence[Correction], by: str) -> None:
    """Only whoever settled it takes it back; that it was settled stays in the trail. Raise CorrectionRefused."""
    if any(one.settled_by != by for one in said):
        raise CorrectionRefused("这是别人办的，请由办的人撤销")
    for one in said:
        one.settled_at = one.settled_by = one.act_id = one.answer = None
        audit.record(session, by, "correction_reopened", unit_id=one.school_id, pupil_id=one.pupil_id, about=one.about)


def may_look(about: str, level: UnitLevel) -> bool:
    """A school looks into what is its own; what a family says about the school is not there for it."""
    return level is not UnitLevel.SCHOOL or ABOUTS[about].looks is level


def answered_by(said: Correction) -> date:
    """The day by which somebody looked into it."""
    return working_days_after(local(said.said_at).date(), ANSWER_WITHIN)


def settled_by(said: Correction) -> date:
    return working_days_after(local(said.said_at).date(), SETTLE_WITHIN)


def has_come_to(said: Correction, level: UnitLevel, above: UnitLevel, today: date) -> bool:
    """Whether what a family says of others waits at this level by now; ``above`` is whom the school reports to.

    Two working days nobody looked, and the next level sees it; twenty, and the province does.
    """
    order = (UnitLevel.COUNTY, UnitLevel.CITY, UnitLevel.PROVINCE)
    if ABOUTS[said.about].looks is UnitLevel.SCHOOL or level not in order or above not in order:
        return True
    climbed = (answered_by(said) < today) + (settled_by(said) < today)
    return order.index(level) <= order.index(above) + climbed


def waiting_with_pupils(
    session: Session, scope: Scope, level: UnitLevel, term: str
) -> list[tuple[Correction, Pupil, Unit]]:
    """What waits within a scope for somebody at this level; 有人要证明 never shows at the school."""
    shown = [code for code in ABOUTS if may_look(code, level)]
    statement = (
        select(Correction, Pupil, Unit)
        .join(Pupil, Pupil.id == Correction.pupil_id)
        .join(Unit, Unit.id == Pupil.school_id)
        .options(joinedload(Unit.parent))
        .where(Correction.term == term, Correction.settled_at.is_(None), Correction.about.in_(shown))
    )
    found = session.execute(scope.narrow(statement, Correction.school_id).order_by(Correction.said_at).limit(MOST))
    return [(said, pupil, school) for said, pupil, school in found]

"""What a family is told beside its aid: that the county is looking at the household, or did not take a proposal."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.coverage.known import Child, Proposal
from portal.coverage.words import NAMED, above_place, above_words, day_words, to_reader
from portal.enrolment.standing import stands
from portal.models import MatchPair
from portal.vocabulary import Decision


def notices(
    session: Session, pupil: Child, term: str, aided: bool, refused: Proposal | None, grown_up: bool
) -> tuple[str, ...]:
    """Sentences; a child whose household alone is on a list gets nothing by a brother's or sister's match (G13).

    ``refused`` is the school's proposal that the county did not take; the county's own words stay as they are.
    """
    said = []
    if not aided and (household := _household(session, pupil, term)):
        said.append(to_reader(household, grown_up))
    if refused is not None:
        office = pupil.school.parent
        above = above_words(pupil.school)
        ring = f"打{above}电话{office.landline}" if office and office.landline else f"找{above}"
        said.append(
            f"{to_reader('学校替孩子提过资助', grown_up)}，{above}没有受理：{refused.because}。"
            f"不同意的，可以{ring}，或点下面的“信息不对，我要改”写一句话，会再看一次；不用交证明。"
        )
    return tuple(said)


def _household(session: Session, pupil: Child, term: str) -> str:
    pairs = session.scalars(
        select(MatchPair).where(MatchPair.pupil_id == pupil.id, stands(term), MatchPair.outcome == Decision.HOUSEHOLD)
    ).all()
    if not pairs:
        return ""
    names = {NAMED[pair.category][1] for pair in pairs if pair.category in NAMED}
    found_on = day_words(min(pair.found_on for pair in pairs))
    return (
        f"家庭在{'、'.join(sorted(names))}名单，孩子本人未在名单——{above_place(pupil.school)}正在核对。"
        f"{found_on}开始核对，您不用做任何事，也不用交证明。"
    )

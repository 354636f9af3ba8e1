"""How often something may be tried: a table of limits, counted in the database for all workers alike (U-01)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from sqlalchemy import case, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models import TryCount
from portal.models.sealed import keyring


@dataclass(frozen=True)
class Limit:
    most: int
    within: timedelta


LIMITS = {
    # what is tried: how often, within how long, by one source
    "family sign-in by browser": Limit(5, timedelta(hours=1)),
    "family sign-in by source": Limit(200, timedelta(hours=1)),  # why: docs/decisions/0014
    "family sign-in by slip": Limit(5, timedelta(hours=1)),
    "code by source": Limit(100, timedelta(hours=1)),
    "code for a child, minute": Limit(1, timedelta(minutes=1)),
    "code for a child, hour": Limit(5, timedelta(hours=1)),
    "code for a child, day": Limit(10, timedelta(days=1)),
    "code to a phone, minute": Limit(1, timedelta(minutes=1)),
    "code to a phone, hour": Limit(5, timedelta(hours=1)),
    "code to a phone, day": Limit(10, timedelta(days=1)),
    "code to a phone, slowed": Limit(1, timedelta(hours=1)),  # while many are asked for: outreach/code_budget.py
    "staff sign-in by source": Limit(20, timedelta(minutes=15)),
    "staff sign-in by account and source": Limit(5, timedelta(minutes=30)),
    "staff sign-in by account": Limit(50, timedelta(minutes=30)),  # a stranger elsewhere does not lock a colleague out
    "staff password change": Limit(5, timedelta(minutes=30)),
    "reveal": Limit(50, timedelta(hours=1)),
    "export": Limit(3, timedelta(days=1)),
    "message check by source": Limit(60, timedelta(minutes=1)),
    "delivery report": Limit(12_000, timedelta(minutes=1)),
}


@dataclass(frozen=True)
class Asker:
    """A family before its sign-in: an address that thousands may share, and a browser that is easily thrown away."""

    source: str
    browser: str

    @property
    def counted(self) -> tuple[tuple[str, str], ...]:
        """What counts its tries: few for the browser, many for the address."""
        return (
            ("family sign-in by browser", self.browser),
            ("family sign-in by source", network_of(self.source)),
        )


class TooManyTries(Exception):
    """Wait until ``ends_at``; the words for people belong to the page."""

    def __init__(self, ends_at: datetime) -> None:
        self.ends_at = ends_at


def count_try(session: Session, what: str, who: str, now: datetime) -> None:
    """Count one try; raise TooManyTries beyond the limit. The caller commits in either case, so that tries add up."""
    limit = LIMITS[what]
    over = TryCount.window_ends_at <= now
    statement = (
        insert(TryCount)
        .values(key=_key(what, who), window_ends_at=now + limit.within, count=1)
        .on_conflict_do_update(
            index_elements=[TryCount.key],
            set_={
                "count": case((over, 1), else_=TryCount.count + 1),
                "window_ends_at": case((over, now + limit.within), else_=TryCount.window_ends_at),
            },
        )
        .returning(TryCount.count, TryCount.window_ends_at)
    )
    count, ends_at = session.execute(statement).one()
    if count > limit.most:
        raise TooManyTries(ends_at)


def forgive(session: Session, what: str, who: str) -> None:
    """After a success the failures before it no longer count."""
    counted = session.get(TryCount, _key(what, who))
    if counted is not None:
        session.delete(counted)


def take_back(session: Session, what: str, who: str) -> None:
    """A success is no try: a whole office signs in from one address; what failed there before still counts."""
    mine = update(TryCount).where(TryCount.key == _key(what, who), TryCount.count > 0)
    session.execute(mine.values(count=TryCount.count - 1))


def network_of(source: str) -> str:
    """Whom an address stands for: of IPv6 the /64, in which one household has addresses without number."""
    try:
        address = ip_address(source)
    except ValueError:
        return source
    return str(IPv6Network((address, 64), strict=False)) if isinstance(address, IPv6Address) else source


def _key(what: str, who: str) -> bytes:
    """Keyed: codes of ten digits could be found again from a plain digest."""
    return keyring().index("tries", f"{what}|{who}")

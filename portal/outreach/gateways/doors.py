"""Where gateways come to us: what a push looks like, and what a door makes of it (状态报告、上行短信)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from portal.clock import SHANGHAI
from portal.outreach.gateways.protocol import MOBILE, Reply, Report


class NotGenuine(Exception):
    """A push whose signature, time or receiver is not what the supplier would have made."""


@dataclass(frozen=True)
class Push:
    """One request of a gateway, after its secret address was found right; ``headers`` have small letters."""

    method: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    now: datetime


@dataclass(frozen=True)
class Arrival:
    """What a push brought, and what its supplier wants to hear; a supplier without that word brings it again."""

    reports: tuple[Report, ...] = ()
    replies: tuple[Reply, ...] = ()
    answer: str = "ok\n"
    greeting: bool = False
    """It only asked whether somebody is there."""


class Door(Protocol):
    """Pushes come by POST, some by GET as well."""

    @property
    def methods(self) -> frozenset[str]: ...

    def open(self, push: Push) -> Arrival:
        """What cannot be read is left out; raises NotGenuine."""


def read_json(body: bytes) -> Any:
    """None for what is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def entries(body: bytes) -> list[dict[str, str]]:
    """The objects of a pushed list (or the only one), their values as text."""
    found = read_json(body)
    listed = found if isinstance(found, list) else [found]
    return [{str(key): str(value) for key, value in each.items()} for each in listed if isinstance(each, dict)]


def an_id(text: str) -> UUID | None:
    """Our own id, if that is what it is."""
    try:
        return UUID(text)
    except ValueError:
        return None


def domestic(number: str) -> str | None:
    """A mobile number without +86; None for anything else."""
    bare = number.removeprefix("+").removeprefix("0086")
    bare = bare[2:] if len(bare) == 13 and bare.startswith("86") else bare
    return bare if MOBILE.fullmatch(bare) else None


def chinese_time(text: str) -> datetime | None:
    """Suppliers write local time without a zone."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)
    except ValueError:
        return None

"""企业微信家校通讯录: which parents the school itself entered, with their mobile, and who of them follows its notices.

``school/department/list`` names the classes, ``school/user/list_parent`` the parents of one; both read only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from requests import RequestException

from portal.outreach.gateways.call import Call
from portal.outreach.gateways.codes import judge
from portal.outreach.gateways.doors import domestic
from portal.outreach.gateways.token import NoToken
from portal.outreach.gateways.wecom import CODES, PARENT, STALE, Wecom, read_answer

LARGEST = 8 * 1024 * 1024
"""A county's whole tree of classes comes in one answer."""


class DirectoryAway(Exception):
    """It could not be read to its end, so nothing is concluded from it; one sentence for staff."""


@dataclass(frozen=True)
class Parent:
    """Who follows the notices; ``mobile`` is as the school entered it."""

    userid: str = field(repr=False)
    mobile: str = field(repr=False)


def parents_of(app: Wecom) -> tuple[Parent, ...]:
    """Of every class, each once; who does not follow 学校通知 would never see one."""
    found = {}
    for department in _classes(_ask(app, "department/list", {}).get("departments")):
        answered = _ask(app, "user/list_parent", {"department_id": str(department)})
        for parent in _parents(answered.get("parents")):
            found[parent.userid] = parent
    if not found:
        raise DirectoryAway("家校通讯录里没有关注学校通知、又留了手机号的家长；请核对应用的可见范围")
    return tuple(found.values())


def _classes(departments: Any) -> list[int]:
    """Those below which there is no other: parents stand in classes."""
    rows = [row for row in departments if isinstance(row, dict)] if isinstance(departments, list) else []
    above = {row.get("parentid") for row in rows}
    return [row["id"] for row in rows if isinstance(row.get("id"), int) and row["id"] not in above]


def _parents(rows: Any) -> Iterator[Parent]:
    for row in rows if isinstance(rows, list) else ():
        userid, mobile = str(row.get("parent_userid") or ""), domestic(str(row.get("mobile") or ""))
        if row.get("is_subscribe") == 1 and mobile and PARENT.fullmatch(userid):
            yield Parent(userid, mobile)


def _ask(app: Wecom, path: str, asked: dict[str, str]) -> dict[str, Any]:
    """A token that ran out is fetched once more; raises DirectoryAway."""
    for last in (False, True):
        with Call(app.deadline, LARGEST) as call:
            try:
                token = app.take_token(call)
                answered = read_answer(
                    call.get(f"{app.url}/cgi-bin/school/{path}?{urlencode({'access_token': token, **asked})}")[1]
                )
            except (RequestException, OSError) as problem:
                raise DirectoryAway("企业微信没有回答，过一会再试") from problem
            except NoToken as problem:
                raise DirectoryAway(judge(CODES, str(problem)).sentence) from problem
        code = str((answered or {}).get("errcode"))
        if code not in STALE or last:
            break
        app.token.drop(token)
    if answered is None or code != "0":
        raise DirectoryAway(judge(CODES, code).sentence)
    return answered

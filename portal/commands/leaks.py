"""``flask leak``: after a leak, whom the trail names, how each is told, and until when it is reported."""

import os
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit, clock
from portal.clock import SHANGHAI
from portal.commands.session import answering, open_session
from portal.commands.telling import Refused, json_option, read_file, tell, written_or_refused
from portal.commands.usage import Command
from portal.models import AuditEntry, StaffMember
from portal.outreach.leaks import DRAFT_WITHIN, REPORT_WITHIN, Leak, Notice, people_to_tell, touched_by
from portal.sheets import CSV_ENCODING, write_csv

HEADINGS = ("学校", "班级", "孩子", "告诉谁", "姓名", "电话", "怎样告诉", "泄露了什么", "次数", "最早", "告知书")


def moment(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    """Of the clock in Jiangsu where no zone is said."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise click.BadParameter("请写成 2026-09-07T10:00") from wrong
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def last_moment(context: click.Context, option: click.Parameter, text: str) -> datetime | None:
    """A day without an hour is the whole of it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return moment(context, option, text)
    return datetime.combine(day, time.max, SHANGHAI)


@click.command(cls=Command)
@click.option("--since", required=True, callback=moment, help="从什么时候起，如 2026-09-07T10:00")
@click.option("--until", required=True, callback=last_moment, help="到什么时候止；只写日期就到那天结束")
@click.option("--actor", default="", help="哪个账号，如 staff:sch1；家长登录是 family")
@click.option("--source", default="", help="哪个网络地址")
@click.option("--pupils", type=click.Path(path_type=Path), help="只看这些学生：文件里一行一个学生编号")
@click.option("--found", callback=moment, help="什么时候发现的；不写就是现在")
@click.option("--cause", required=True, help="告知书里的原因，如 一个账号被盗用")
@click.option("--measures", required=True, help="告知书里的补救措施，如 停用了这个账号")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="写到哪个 CSV 文件；里面有姓名和电话")
@json_option
@answering
def leak(
    since: datetime, until: datetime, actor: str, source: str, pupils: Path | None, found: datetime | None,
    cause: str, measures: str, out: Path, as_json: bool,
) -> None:  # fmt: skip
    """泄露以后：按操作日志列出涉及的孩子和监护人、怎样告诉、告知书，和报告的期限."""
    session, notice = open_session(), Notice(cause, measures)
    asked = Leak(since, until, actor, source, _listed(pupils))
    _refuse_slips(session, asked, out)
    touched = touched_by(session, asked)
    lines = [
        (
            one.school, one.class_words, one.child, one.who, one.name, one.phone, one.way, one.shown, str(one.times),
            f"{clock.local(one.first_at):%Y-%m-%d %H:%M}", notice.text(one),
        )
        for one in people_to_tell(session, touched)
    ]  # fmt: skip
    audit.record(
        session, "command", "leak_listed",
        pupils=len(touched), people=len(lines), about=actor or source, since=since.isoformat(), until=until.isoformat(),
    )  # fmt: skip
    session.commit()
    with written_or_refused(out) as unfinished:
        _write(unfinished, [HEADINGS, *lines])
    began = found or clock.now()
    draft, report = (clock.local(began + within) for within in (DRAFT_WITHIN, REPORT_WITHIN))
    told = {
        "pupils": len(touched),
        "people": len(lines),
        "draft_by": draft.isoformat(),
        "report_by": report.isoformat(),
    }
    summary = (
        f"涉及孩子 {len(touched)} 名，要告诉 {len(lines)} 人，名单和告知书在 {out}；"
        f"{draft:%m-%d %H:%M} 前写好报告，{report:%m-%d %H:%M} 前报省网信办"
    )
    tell(as_json, told, summary)


def _refuse_slips(session: Session, asked: Leak, out: Path) -> None:
    """Each would look as if nobody had been touched, or cost another list."""
    if asked.since >= asked.until:
        raise Refused("--since 要早于 --until：请检查两个时间")
    if asked.actor and not _known(session, asked.actor):
        raise Refused(f"没有账号 {asked.actor}，操作日志里也没有：工作人员写成 staff:账号，家长写 family")
    if out.exists():
        raise Refused(f"已经有 {out}：请换一个还没有的文件名")


def _known(session: Session, actor: str) -> bool:
    """An account may have been taken away since; the trail keeps it."""
    account = select(StaffMember.id).where(StaffMember.account == actor.removeprefix("staff:"))
    if actor.startswith("staff:") and session.scalars(account).first() is not None:
        return True
    return session.scalars(select(AuditEntry.id).where(AuditEntry.actor == actor).limit(1)).first() is not None


def _listed(path: Path | None) -> frozenset[UUID]:
    if path is None:
        return frozenset()
    try:
        return frozenset(UUID(line.strip()) for line in read_file(path).decode().splitlines() if line.strip())
    except ValueError as wrong:
        raise Refused(f"{path} 里有一行不是学生编号：每行只写一个，学生页地址里的那一串") from wrong


def _write(path: Path, lines: Iterable[tuple[str, ...]]) -> None:
    """For the owner's eyes alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding=CSV_ENCODING, newline="") as file:
        write_csv(file, lines)

"""``flask staff``: accounts of 工作人员, made and closed by whoever runs the machine."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.access.accounts import close_account, make_account, random_password, reset_password
from portal.access.class_teachers import classes_of, give_classes
from portal.commands.session import answering, find_unit, open_session
from portal.commands.telling import Refused, json_option, tell
from portal.commands.usage import Group
from portal.coverage.words import class_words
from portal.models import StaffMember
from portal.vocabulary import Role


@click.group(cls=Group)
def staff() -> None:
    """工作人员的账号."""


@staff.command()
@click.argument("account")
@click.option("--name", required=True, help="姓名")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="角色")
@click.option("--unit", required=True, help="单位代码")
@json_option
@answering
def add(account: str, name: str, role: str, unit: str, as_json: bool) -> None:
    """新建账号，打印一次性的随机密码."""
    session = open_session()
    password = random_password()
    make_account(session, account, name, Role(role), find_unit(session, unit), password, clock.now())
    session.commit()
    _tell_password(account, password, as_json)


@staff.command("password")
@click.argument("account")
@json_option
@answering
def new_password(account: str, as_json: bool) -> None:
    """换一个随机密码，结束这个账号的所有登录."""
    session = open_session()
    password = reset_password(session, _find(session, account), "command", clock.now())
    session.commit()
    _tell_password(account, password, as_json)


@staff.command("classes")
@click.argument("account")
@click.option("--class", "classes", multiple=True, required=True, help="年级和班级，如 四年级(2)班；可以写几次")
@json_option
@answering
def classes(account: str, classes: tuple[str, ...], as_json: bool) -> None:
    """给班主任分配班级；没有写到的班级不再归这个账号."""
    session = open_session()
    member = _find(session, account)
    known = {class_words(one.grade, one.name): one for one in classes_of(session, member)}
    if unknown := [name for name in classes if name not in known]:
        raise Refused(
            f"{member.unit.name}没有班级 {'、'.join(unknown)}：班级来自学籍名册，如 {next(iter(known), '四年级(2)班')}"
        )
    give_classes(session, member, {known[name] for name in classes}, "command")
    session.commit()
    tell(as_json, {"account": account, "classes": list(classes)}, f"账号 {account} 现在是{'、'.join(classes)}的班主任")


@staff.command()
@click.argument("account")
@json_option
@answering
def close(account: str, as_json: bool) -> None:
    """停用账号，结束它的所有登录."""
    session = open_session()
    close_account(session, _find(session, account), "command", clock.now())
    session.commit()
    tell(as_json, {"account": account, "active": False}, f"账号 {account} 已停用")


def _find(session: Session, account: str) -> StaffMember:
    found = session.scalars(select(StaffMember).where(StaffMember.account == account)).first()
    if found is None:
        raise Refused(f"没有账号 {account}：请核对")
    return found


def _tell_password(account: str, password: str, as_json: bool) -> None:
    """The only time it is ever shown."""
    tell(as_json, {"account": account, "password": password}, f"账号 {account}，密码 {password}（只显示这一次）")

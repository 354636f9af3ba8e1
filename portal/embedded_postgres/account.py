"""The account that runs PostgreSQL when root runs the portal, and what that account may reach."""

import os
import pwd
import shutil
import struct
import subprocess
from pathlib import Path

ACCOUNT = "portal-postgres"

_ACL = "system.posix_acl_access"
_VERSION, _ENTRY = struct.Struct("<I"), struct.Struct("<HHI")
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER, _NOBODY = 0x01, 0x02, 0x04, 0x10, 0x20, 0xFFFFFFFF
_SEARCH = 0o1


class Unreachable(Exception):
    """A folder on the way that the account cannot pass; the text says what to do."""


def ensure_account() -> pwd.struct_passwd:
    """The account's entry; made without home, shell or password when the machine does not know it."""
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
        made = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        return pwd.getpwnam(ACCOUNT)  # made by us, or by another start in the same moment
    except KeyError:
        raise Unreachable(f"建不了 PostgreSQL 用的系统账号 {ACCOUNT}：{made.stderr.strip()}") from None


def let_through(folder: Path, account: pwd.struct_passwd) -> None:
    """Lets the account pass (not list) the folder and each one above it, and nobody else: a POSIX ACL entry each."""
    for step in (folder, *folder.parents):
        if not _may_pass(step, account):
            _grant_search(step, account)


def let_read(tree: Path, account: pwd.struct_passwd) -> None:
    """Lets programs installed under a narrow umask be run by the account; they are public, so by everybody."""
    let_through(tree, account)
    program = tree / "bin" / "postgres"
    if program.stat().st_mode & 0o005 == 0o005 and tree.stat().st_mode & 0o005 == 0o005:
        return
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))


def own(folder: Path, account: pwd.struct_passwd) -> None:
    folder.chmod(0o700)
    shutil.chown(folder, account.pw_uid, account.pw_gid)


def _may_pass(folder: Path, account: pwd.struct_passwd) -> bool:
    stat = folder.stat()
    if stat.st_uid == account.pw_uid:
        return bool(stat.st_mode & 0o100)
    if stat.st_mode & 0o001:
        return True
    return any((tag, who) == (_USER, account.pw_uid) and may & _SEARCH for tag, may, who in _entries(folder))


def _entries(folder: Path) -> list[tuple[int, int, int]]:
    """The folder's access list, or the three entries its mode stands for."""
    try:
        raw = os.getxattr(folder, _ACL)
    except OSError:
        mode = folder.stat().st_mode
        return [(_USER_OBJ, mode >> 6 & 7, _NOBODY), (_GROUP_OBJ, mode >> 3 & 7, _NOBODY), (_OTHER, mode & 7, _NOBODY)]
    return list(_ENTRY.iter_unpack(raw[_VERSION.size :]))


def _grant_search(folder: Path, account: pwd.struct_passwd) -> None:
    kept = [
        entry for entry in _entries(folder) if entry[0] != _MASK and (entry[0], entry[2]) != (_USER, account.pw_uid)
    ]
    mask = _SEARCH
    for tag, may, _ in kept:
        mask |= may if tag in (_USER, _GROUP_OBJ) else 0
    entries = sorted([*kept, (_USER, _SEARCH, account.pw_uid), (_MASK, mask, _NOBODY)], key=lambda e: (e[0], e[2]))
    try:
        os.setxattr(folder, _ACL, _VERSION.pack(2) + b"".join(_ENTRY.pack(*entry) for entry in entries))
    except OSError as error:
        raise Unreachable(
            f"PostgreSQL 以系统账号 {ACCOUNT} 运行，进不了 {folder}（{error.strerror}）："
            f"请运行 chmod o+x {folder}，或把门户放到 /srv 这样的文件夹，或设 DATABASE_URL"
        ) from None

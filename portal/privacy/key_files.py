"""Key files: one JSON file a key, folder 0700, files 0400; made once, never overwritten, read strictly."""

import base64
import binascii
import json
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Algorithm = Literal["aes", "sm4"]

SECRET_BYTES = 32
_LAST_ID = 0xFFFF
_FOLDER_MODE = 0o700
_FILE_MODE = 0o400
_INDEX_NAME = "index.json"
_DATA_NAME = re.compile(r"data-(\d{5})\.json")


class KeyProblem(Exception):
    """The keys can't be used; the text says why and what to do, and is meant for whoever starts the portal."""


@dataclass(frozen=True)
class KeyFile:
    """A secret of 32 bytes from which the keys of its purpose are derived; ``id`` 0 is the index key."""

    id: int
    algorithm: Algorithm
    secret: bytes = field(repr=False)


def make_key_files(folder: Path, algorithm: Algorithm) -> None:
    """Completes an empty folder. The index key comes first, so data keys without it mean that it was lost."""
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        if _data_ids(folder):
            return
        _put(folder, _INDEX_NAME, 0, algorithm)
        _put(folder, _data_name(1), 1, algorithm)
    except OSError as error:
        raise KeyProblem(f"密钥文件夹 {folder} 不能写入（{error.strerror}），请检查目录权限和磁盘空间") from error


def add_data_key(folder: Path, algorithm: Algorithm) -> int:
    """A new data key, written with from the next start on; the old ones stay for reading."""
    newest = max(_data_ids(folder), default=0)
    if newest == _LAST_ID:
        raise KeyProblem(f"密钥文件夹 {folder} 已用完全部密钥编号，请换用新的密钥文件夹并重新加密")
    if not _put(folder, _data_name(newest + 1), newest + 1, algorithm):
        raise KeyProblem(f"另一个进程正在密钥文件夹 {folder} 里新建密钥，请稍后再试")
    return newest + 1


def read_key_files(folder: Path) -> tuple[KeyFile, tuple[KeyFile, ...]]:
    """The index key and the data keys, oldest first."""
    try:
        if not folder.is_dir():
            raise KeyProblem(f"找不到密钥文件夹 {folder}，请从密钥备份恢复；没有原来的密钥，已加密的数据无法读取")
        _refuse_if_open(folder, _FOLDER_MODE)
        ids = _data_ids(folder)
        if not ids:
            raise KeyProblem(f"密钥文件夹 {folder} 里没有数据密钥，请从密钥备份恢复")
        index = _read(folder / _INDEX_NAME, 0)
        return index, tuple(_read(folder / _data_name(id_), id_) for id_ in ids)
    except OSError as error:
        raise KeyProblem(
            f"密钥 {error.filename} 读不出来（{error.strerror}），"
            "请从密钥备份恢复，或检查运行门户的系统账号是否有读权限"
        ) from error


def _data_name(id_: int) -> str:
    return f"data-{id_:05d}.json"


def _data_ids(folder: Path) -> list[int]:
    return sorted(int(name[1]) for name in map(_DATA_NAME.fullmatch, (path.name for path in folder.iterdir())) if name)


def _put(folder: Path, name: str, id_: int, algorithm: Algorithm) -> bool:
    """Whole or not at all, also when two processes start at once: the link of the second one fails."""
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    content = json.dumps({"format": 1, "id": id_, "algorithm": algorithm, "secret": secret}) + "\n"
    draft = folder / f".{secrets.token_hex(8)}.new"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, folder / name)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    _sync(folder)
    return True


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_if_open(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o077:
        raise KeyProblem(f"密钥 {path} 允许其他系统账号读取，请执行 chmod {mode:04o} {path} 后再启动")


def _read(path: Path, id_: int) -> KeyFile:
    _refuse_if_open(path, _FILE_MODE)
    try:
        content = json.loads(path.read_text("ascii"))
        algorithm, secret = content["algorithm"], base64.b64decode(content["secret"], validate=True)
        well_made = content["format"] == 1 and content["id"] == id_ and algorithm in ("aes", "sm4")
    except (ValueError, KeyError, TypeError, binascii.Error):
        well_made = False
    if not well_made or len(secret) != SECRET_BYTES:
        raise KeyProblem(f"密钥文件 {path} 内容不完整或被改动，请从密钥备份恢复这个文件")
    return KeyFile(id_, algorithm, secret)

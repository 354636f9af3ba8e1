"""An xlsx judged on its bytes before anything parses it: what a zip may be, what may be inside."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from portal.intake.problems import LOCKED, SAVE_AGAIN, VALUES_ONLY, UnreadableFile

_STEP = 1 << 20
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, OSError, ValueError, IndexError)
"""What zipfile raises on bytes that lie: found by changing bytes at random."""

_SMALL_MEMBER = 1 << 20
_DIRECTORY_ENTRY = 512
_END = b"PK\x05\x06"
_LOCATOR_64 = b"PK\x06\x07"


@dataclass(frozen=True)
class ArchiveLimits:
    """Bounds of an xlsx: bytes when inflated, members, and how many times a member over 1 MB may grow."""

    inflated: int
    members: int = 200
    ratio: int = 120


_BROKEN = f"这个 xlsx 文件已经损坏或没有传完整：{SAVE_AGAIN}"
_TOO_MANY = f"这个 xlsx 文件里的部件太多，不像一份名单：{VALUES_ONLY}"
_BOMB = f"这个 xlsx 文件展开后大得不正常，已拒绝：{VALUES_ONLY}"
_BAD_PATH = f"这个 xlsx 文件里有不该有的路径，已拒绝：{VALUES_ONLY}"
_DTD = f"这个 xlsx 文件里有外部定义（DTD），已拒绝：{VALUES_ONLY}"

_NOT_WELCOME = (
    (("vbaproject", "xl/macrosheets/", "xl/activex/"), f"这个工作簿带有宏或控件，已拒绝：{VALUES_ONLY}"),
    (("xl/externallinks/",), f"这个工作簿链接了别的文件，已拒绝：{VALUES_ONLY}"),
    (("xl/connections.xml", "xl/querytables/"), f"这个工作簿连着外部数据源，已拒绝：{VALUES_ONLY}"),
    (("xl/embeddings/", "customxml/"), f"这个工作簿里嵌有别的文件，已拒绝：{VALUES_ONLY}"),
    (("xl/workbook.bin",), f"这是 xlsb 文件，不能直接读：{SAVE_AGAIN}"),
)
"""Parts of a member's name in lower case, and what is said of them."""


def refuse_hostile(data: bytes, limits: ArchiveLimits) -> None:
    """Raises on anything but a plain xlsx; reads and inflates every member once, a megabyte at a time."""
    _refuse_directory(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            for member in members:
                _refuse_member(member, limits)
            if sum(member.file_size for member in members) > limits.inflated:
                raise UnreadableFile(_BOMB)
            if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
                raise UnreadableFile(f"这是一个压缩包，里面不是 Excel 工作簿：{SAVE_AGAIN}")
            for member in members:
                _refuse_content(archive, member)
    except _ZIP_ERRORS as error:
        raise UnreadableFile(_BROKEN) from error


def _refuse_directory(data: bytes, limits: ArchiveLimits) -> None:
    """Counts the members by the directory's own bytes, so that ten thousand of them are never even listed."""
    end = data.rfind(_END)
    if end < 0 or len(data) < end + 22:
        raise UnreadableFile(_BROKEN)
    count, size = struct.unpack_from("<HI", data, end + 10)
    if data[max(end - 20, 0) : end].startswith(_LOCATOR_64) and end >= 76:
        count, size = struct.unpack_from("<QQ", data, end - 76 + 32)
    if count > limits.members or size > limits.members * _DIRECTORY_ENTRY:
        raise UnreadableFile(_TOO_MANY)


def _refuse_member(member: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    name = member.filename
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name or "\x00" in name:
        raise UnreadableFile(_BAD_PATH)
    if member.flag_bits & 0x1:
        raise UnreadableFile(LOCKED)
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile(_BROKEN)
    if member.file_size > _SMALL_MEMBER and member.file_size > limits.ratio * max(member.compress_size, 1):
        raise UnreadableFile(_BOMB)
    for parts, sentence in _NOT_WELCOME:
        if any(part in name.lower() for part in parts):
            raise UnreadableFile(sentence)


def _refuse_content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Inflates to the last byte: a directory that lies about the size ends in a wrong checksum."""
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    tail = b""
    with archive.open(member) as inflated:
        while chunk := inflated.read(_STEP):
            text = tail + chunk
            if is_xml and (b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\x00" in text):
                raise UnreadableFile(_DTD)
            if member.filename == "[Content_Types].xml" and b"macroenabled" in text.lower():
                raise UnreadableFile(_NOT_WELCOME[0][1])
            tail = chunk[-16:]

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.privacy.key_files import KeyProblem, add_data_key, make_key_files, read_key_files

RACE = """
import sys
from pathlib import Path
from portal.privacy.sealing import Keyring
sys.stdin.read(1)
print(Keyring.make(Path(sys.argv[1])).fingerprint())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "instance" / "keys"
    make_key_files(made, "aes")
    return made


def change(path: Path, **parts: object) -> None:
    path.chmod(0o600)
    path.write_text(json.dumps(json.loads(path.read_text()) | parts))
    path.chmod(0o400)


def test_keys_are_for_their_owner_only(folder: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}

    assert modes == {"index.json": 0o400, "data-00001.json": 0o400}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_keys_made_twice_are_the_first_ones(folder: Path) -> None:
    first = read_key_files(folder)

    make_key_files(folder, "sm4")

    assert read_key_files(folder) == first


def test_processes_that_start_at_once_get_the_same_keys(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RACE, str(tmp_path / "keys")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    starters = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) for _ in range(6)
    ]
    for starter in starters:
        assert starter.stdin
        starter.stdin.write(b"!")
        starter.stdin.flush()

    fingerprints = {starter.communicate()[0] for starter in starters}

    assert len(fingerprints) == 1 and b"{'0':" in fingerprints.pop()
    assert len(list((tmp_path / "keys").iterdir())) == 2


def test_a_first_start_cut_off_between_the_two_keys_is_completed(folder: Path) -> None:
    index = read_key_files(folder)[0]
    (folder / "data-00001.json").unlink()

    make_key_files(folder, "aes")

    assert read_key_files(folder)[0] == index


def test_a_further_key_counts_on(folder: Path) -> None:
    assert add_data_key(folder, "sm4") == 2
    assert [key.id for key in read_key_files(folder)[1]] == [1, 2]
    assert [key.algorithm for key in read_key_files(folder)[1]] == ["aes", "sm4"]


def test_a_lost_index_key_is_not_made_anew(folder: Path) -> None:
    (folder / "index.json").unlink()

    make_key_files(folder, "aes")

    with pytest.raises(KeyProblem, match=r"index\.json 读不出来.*备份恢复"):
        read_key_files(folder)


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder gone": (lambda folder: folder.rename(folder.with_name("elsewhere")), "找不到密钥文件夹"),
    "no data key": (lambda folder: (folder / "data-00001.json").unlink(), "没有数据密钥"),
    "folder open": (lambda folder: folder.chmod(0o755), "chmod 0700"),
    "file open": (lambda folder: (folder / "index.json").chmod(0o440), "chmod 0400"),
    "another id": (lambda folder: change(folder / "data-00001.json", id=2), "内容不完整或被改动"),
    "another format": (lambda folder: change(folder / "data-00001.json", format=2), "内容不完整或被改动"),
    "unknown algorithm": (lambda folder: change(folder / "data-00001.json", algorithm="des"), "内容不完整或被改动"),
    "short secret": (lambda folder: change(folder / "index.json", secret="AAAA"), "内容不完整或被改动"),
    "no base64": (lambda folder: change(folder / "index.json", secret="???"), "内容不完整或被改动"),
    "no secret": (lambda folder: change(folder / "index.json", secret=None), "内容不完整或被改动"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_keys_that_cannot_be_used_are_refused_with_what_to_do(folder: Path, harm: str) -> None:
    do, sentence = HARMS[harm]
    do(folder)

    with pytest.raises(KeyProblem, match=sentence):
        read_key_files(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"{}"])
def test_a_key_file_that_is_no_key_file_is_refused(folder: Path, content: bytes) -> None:
    path = folder / "index.json"
    path.chmod(0o600)
    path.write_bytes(content)
    path.chmod(0o400)

    with pytest.raises(KeyProblem, match="内容不完整或被改动"):
        read_key_files(folder)


def test_an_unreadable_key_file_is_refused(folder: Path) -> None:
    (folder / "index.json").unlink()
    (folder / "index.json").mkdir(mode=0o400)

    with pytest.raises(KeyProblem, match="读不出来"):
        read_key_files(folder)


def test_a_place_where_no_folder_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")

    with pytest.raises(KeyProblem, match="不能写入"):
        make_key_files(tmp_path / "keys", "aes")


def test_no_message_or_repr_carries_the_secret(folder: Path) -> None:
    secret = json.loads((folder / "index.json").read_text())["secret"]
    change(folder / "index.json", id=9)

    with pytest.raises(KeyProblem) as problem:
        read_key_files(folder)

    assert secret not in str(problem.value)

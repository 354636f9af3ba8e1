"""A file is there whole or not at all, and what stood there before stands until then."""

import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from portal.whole_files import written_whole


def write_half(out: Path) -> None:
    with written_whole(out) as unfinished:
        unfinished.write_text("half", encoding="utf-8")
        raise OSError("full")


def test_what_ends_half_way_leaves_what_stood_there(tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    out.write_text("before", encoding="utf-8")

    with pytest.raises(OSError, match="full"):
        write_half(out)

    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("list.csv", "before")]


def test_what_a_killed_process_left_is_not_continued(tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / f".list.csv.{gone.pid}.unfinished").write_text("half", encoding="utf-8")

    with written_whole(out) as unfinished, unfinished.open("a", encoding="utf-8") as file:
        file.write("whole")

    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("list.csv", "whole")]


def test_what_another_process_is_writing_is_left_to_it(tmp_path: Path) -> None:
    out = tmp_path / "list.csv"
    begun = f"from pathlib import Path; from portal.whole_files import written_whole as w; d = w(Path({str(out)!r}))"
    written = "; p = d.__enter__(); p.write_text('first'); print(); input(); d.__exit__(None, None, None)"
    with subprocess.Popen([sys.executable, "-c", begun + written], stdin=PIPE, stdout=PIPE, text=True) as first:
        assert first.stdout and first.stdout.readline() == "\n"
        with written_whole(out) as unfinished:
            unfinished.write_text("second", encoding="utf-8")
        seen = out.read_text(encoding="utf-8")
        first.communicate("\n")
    assert (first.returncode, seen, out.read_text(encoding="utf-8")) == (0, "second", "first")

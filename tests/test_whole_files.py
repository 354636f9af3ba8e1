"""A file is there whole or not at all, and what stood there before stands until then."""

from pathlib import Path

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
    (tmp_path / ".list.csv.unfinished").write_text("half", encoding="utf-8")

    with written_whole(out) as unfinished, unfinished.open("a", encoding="utf-8") as file:
        file.write("whole")

    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [("list.csv", "whole")]

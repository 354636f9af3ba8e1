"""What a command says of its work on the way."""

import pytest

from portal.commands.telling import Steps


def test_a_step_that_goes_on_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps()
    for words in ("读取名单", "保存结果", "保存结果", "保存结果"):
        steps(words)
    steps.finish()
    said = [line.partition("　")[0] for line in capsys.readouterr().err.splitlines()]
    assert said[:-1] == ["读取名单", "保存结果"]

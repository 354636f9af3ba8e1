"""`make bench`: what one benchmark cannot measure costs the others nothing."""

from benchmarks.__main__ import main


def test_a_benchmark_that_cannot_run_is_told_in_a_sentence_and_the_next_is_begun(capsys):
    failed = main(["nothing_here", "measuring", "nor_here"])

    assert failed == 2
    assert [line for line in capsys.readouterr().out.splitlines() if line] == [
        "## nothing_here",
        "Could not be measured: No module named 'benchmarks.nothing_here'",
        "## nor_here",
        "Could not be measured: No module named 'benchmarks.nor_here'",
    ]

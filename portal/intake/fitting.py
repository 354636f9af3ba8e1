"""Text that has to fit its column: what is too long is cut where somebody is told of it."""

from dataclasses import dataclass, field

from portal.intake.problems import Problem


@dataclass
class Fitting:
    """The remarks that keeping adds to those of reading."""

    problems: list[Problem] = field(default_factory=list)

    def fit(self, row: int, column: str, text: str, longest: int) -> str:
        """At most ``longest`` characters."""
        if len(text) <= longest:
            return text
        self.problems.append(Problem(row, column, f"超过{longest}个字，只记下前{longest}个；请改短", row_kept=True))
        return text[:longest]

    def refuse(self, row: int, column: str, sentence: str) -> None:
        """The row is not kept."""
        self.problems.append(Problem(row, column, sentence, row_kept=False))

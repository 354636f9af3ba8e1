"""自己的政策: one that a city or county has beside the province's, as two officers write it on a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from portal.policies.tables import CatalogueError
from portal.vocabulary.unsaid import CALMING, CATEGORY, POVERTY, PROOF

NO_GROUP = ""
"""Instead of a group: every pupil of the stages."""


@dataclass(frozen=True)
class OwnPolicy:
    """``group`` is a code of categories.toml; ``until`` the last day as YYYY-MM-DD, empty while it goes on."""

    code: str
    name: str
    family_name: str
    family_words: str
    stages: tuple[str, ...]
    group: str = NO_GROUP
    until: str = ""

    def row(self) -> dict[str, Any]:
        """As the database keeps it."""
        return asdict(self) | {"stages": list(self.stages)}

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "OwnPolicy":
        return cls(**{**row, "stages": tuple(row["stages"])})

    def table(
        self, claim_mode: str, applying: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """As a file has a policy."""
        return {
            "code": self.code,
            "name": self.name,
            "stages": list(self.stages),
            "claim_mode": claim_mode,
            "families": {"name": self.family_name, "words": self.family_words},
            "apply": dict(applying),
            "version": list(versions),
        }

    def version(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A version of it: ``row`` with whom it is for and until when."""
        who = {"who": [{"group": self.group}]} if self.group else {}
        until = {"until": date.fromisoformat(self.until)} if self.until else {}
        return {**row, **who, **until}


def texts_of(applying: Mapping[str, Any]) -> tuple[str, ...]:
    """What families read of it."""
    return tuple(said for said in applying.values() if isinstance(said, str))


def check_words(texts: Iterable[str]) -> None:
    """Raise CatalogueError for words to families that brand them or ask them to prove something (N3-7)."""
    for text in texts:
        if found := CATEGORY.search(text) or POVERTY.search(text):
            raise CatalogueError(f"给家长看的话里不能写“{found[0]}”：同学、邻居也会看到，请换一个说法")
        if found := PROOF.search(CALMING.sub("", text)):
            raise CatalogueError(f"给家长看的话里不能要“{found[0]}”：在名单里的孩子，不得再要他证明什么")

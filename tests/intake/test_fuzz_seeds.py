"""What `make fuzz` begins from, and whatever it once found, goes through every reader."""

import pytest

from fuzz.readers import READERS, one
from fuzz.seeds import SEEDS


@pytest.mark.parametrize("seed", SEEDS, ids=range(len(SEEDS)))
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_seed_is_read_or_refused_in_words(seed: bytes, reader) -> None:
    one(bytes([READERS.index(reader)]) + seed)

"""`python -m fuzz [seconds]`: atheris before every reader of files that runs in this process.

The parser of workbooks is not among them: it runs in a process of its own, under limits, and may die there.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["portal", "fuzz"]):
    from fuzz.readers import READERS, one
    from fuzz.seeds import SEEDS

SECONDS = 600


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(SEEDS):
            for reader in range(len(READERS)):
                Path(folder, f"{number}-{reader}").write_bytes(bytes([reader]) + seed)
        limits = [f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048"]
        limits.append(f"-artifact_prefix={tempfile.gettempdir()}/portal-fuzz-")
        atheris.Setup([sys.argv[0], *limits, folder], one)
        atheris.Fuzz()


main()

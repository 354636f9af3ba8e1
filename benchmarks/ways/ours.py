"""``flask match-files`` without Flask."""

import sys
from datetime import date
from pathlib import Path

from portal.matching.files import match_files

roster, register, out = map(Path, sys.argv[1:])
match_files(roster, register, out, day=date(2026, 9, 1), progress=lambda _: None)

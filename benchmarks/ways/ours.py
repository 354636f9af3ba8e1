"""``flask match-files``, as an operator starts it."""

import sys

from flask.cli import main

roster, register, out = sys.argv[1:]
sys.argv = ["flask", "match-files", roster, register, "--out", out, "--term", "2026-autumn"]
main()

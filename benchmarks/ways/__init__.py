"""Ways of matching a roster with a register, each a process of its own: python -m benchmarks.ways.NAME ROSTER REGISTER OUT."""

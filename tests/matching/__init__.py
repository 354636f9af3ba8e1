"""信息比对: the engine, its rules, and the road from file to file."""

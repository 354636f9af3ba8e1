"""Bytes nobody would send, for the readers of files: `make fuzz`. What they find becomes a test beside the reader."""

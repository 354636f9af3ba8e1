"""信息比对, pure: who of a roster stands in a register, by rules a person can read; no database, no clock."""

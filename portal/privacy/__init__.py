"""Personal data in the hand: reading it, comparing it, sealing it, hiding it."""

"""One file a supplier; these know their protocol, the vocabulary and the clock, nothing else of the portal."""

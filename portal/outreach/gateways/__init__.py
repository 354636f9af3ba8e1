"""One file a supplier; these know their protocol and the vocabulary, nothing else of the portal."""

"""家校联系: who is reminded of what, in which words, by which gateway, and what became of it."""

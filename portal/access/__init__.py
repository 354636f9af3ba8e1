"""Who may do what, and within which part of the tree."""

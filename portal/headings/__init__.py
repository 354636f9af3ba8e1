"""表头, pure: which spelling of a heading is which column, and which line of a file holds the headings."""

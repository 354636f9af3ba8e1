"""The families' side: pages on a phone."""

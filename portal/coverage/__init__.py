"""应助尽助: the ledger, its reasons and totals, and what pages show of it."""

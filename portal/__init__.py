"""应助尽助: the portal that makes sure no child entitled to student aid goes without it."""

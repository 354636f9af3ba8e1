"""The term a page speaks of: the one its address names, or the one that runs."""

from flask import abort, request

from portal import clock
from portal.clock import SchoolTerm, WrongTerm, previous_term, term_of


def asked_term() -> SchoolTerm:
    written = request.args.get("term")
    try:
        return SchoolTerm.parse(written) if written else current_term()
    except WrongTerm:
        abort(404)


def current_term() -> SchoolTerm:
    return term_of(clock.today())


def terms_around() -> list[SchoolTerm]:
    """The next, this one and the two before: those for which a file may still come in."""
    term = current_term()
    around = [_after(term), term]
    for _ in range(2):
        around.append(previous_term(around[-1]))
    return around


def _after(term: SchoolTerm) -> SchoolTerm:
    return term_of(term.last_day.replace(day=1).replace(month=term.last_day.month % 12 + 1))

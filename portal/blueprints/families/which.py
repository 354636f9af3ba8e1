"""哪个孩子: with several children, what is said of one of them first asks which (J5)."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.blueprints.families.blueprint import families
from portal.blueprints.families.visit import the_child, the_page


@dataclass(frozen=True)
class Matter:
    """``endpoint`` is the child's page on which it goes on."""

    question: str
    endpoint: str


MATTERS: Mapping[str, Matter] = {
    "money": Matter("哪个孩子的钱没收到？", "families.money"),
    "not-needed": Matter("哪个孩子不需要资助？", "families.waive"),
    "wrong": Matter("哪个孩子的信息不对？", "families.correct"),
    "proof": Matter("为了哪个孩子向您要证明？", "families.proof"),
}


@families.get("/child/which/<what>")
def which(what: str) -> str | Response:
    """One child needs no asking."""
    matter = MATTERS.get(what) or abort(404)
    places = range(1, len(current_user.children) + 1)
    if len(places) == 1:
        return redirect(url_for(matter.endpoint, place=1))
    children = [(place, the_child(place)) for place in places]
    return render_template("families/which.html", matter=matter, children=children)


@families.get("/child/<int:place>/money")
def money(place: int) -> str:
    """What was paid for this child, each with 没收到; and when what was not yet paid will come."""
    return render_template("families/money.html", page=the_page(place), place=place)

"""工作端: pages for school aid officers, bureaus and inspectors, each within their scope."""

from flask import Blueprint

staff = Blueprint("staff", __name__, url_prefix="/staff")

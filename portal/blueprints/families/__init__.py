"""家长端: pages on a phone, for parents, grandparents and students."""

from flask import Blueprint

families = Blueprint("families", __name__)

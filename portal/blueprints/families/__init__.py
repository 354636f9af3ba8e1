"""家长端: pages on a phone, for parents, grandparents and students."""

from portal.blueprints.families import check, child, correct, elder, home, message, policies, sign_in
from portal.blueprints.families.blueprint import families

__all__ = ["check", "child", "correct", "elder", "families", "home", "message", "policies", "sign_in"]

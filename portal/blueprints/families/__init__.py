"""家长端: pages on a phone, for parents, grandparents and students."""

from portal.blueprints.families import (
    check,
    child,
    code,
    correct,
    elder,
    home,
    message,
    notices,
    policies,
    rights,
    sign_in,
    wechat,
    which,
)
from portal.blueprints.families.blueprint import families

__all__ = [
    "check",
    "child",
    "code",
    "correct",
    "elder",
    "families",
    "home",
    "message",
    "notices",
    "policies",
    "rights",
    "sign_in",
    "wechat",
    "which",
]

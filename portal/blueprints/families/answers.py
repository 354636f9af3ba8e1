"""The answers of 查一查 on their way from question to question: sealed in the phone's own cookie, kept nowhere else.

Neither an address nor a database ever holds them; the phone's back button finds every question with its answer.
"""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app, request
from werkzeug.wrappers import Response

from portal.settings import Settings

COOKIE = "check"
PATH = "/check"
LASTING = timedelta(minutes=30)

Answers = Mapping[str, tuple[str, ...]]
"""What was chosen, by question."""


def read_answers() -> Answers:
    """Empty when there are none, when they are too old, or when somebody wrote them but us."""
    if COOKIE not in request.cookies:
        return {}
    seal, lasting = _seal(current_app.config["SECRET_KEY"]), int(LASTING.total_seconds())
    try:
        text = seal.decrypt(request.cookies[COOKIE], ttl=lasting)
    except InvalidToken:
        return {}
    return {question: tuple(choice) for question, choice in json.loads(text).items()}


def keep_answers(response: Response, answers: Answers) -> Response:
    settings: Settings = current_app.extensions["settings"]
    sealed = _seal(current_app.config["SECRET_KEY"]).encrypt(json.dumps(answers).encode()).decode()
    response.set_cookie(COOKIE, sealed, path=PATH, secure=settings.secure, httponly=True, samesite="Lax")
    return response


def forget_answers(response: Response) -> Response:
    response.delete_cookie(COOKIE, path=PATH)
    return response


@cache
def _seal(secret: bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(hmac.digest(secret, b"answers of a check", "sha256")))

"""A family's requests without a browser: each form with the token its page gave."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.families.people import BIRTH_DATE

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def token_of(client: FlaskClient, path: str = "/sign-in") -> str:
    found = TOKEN.search(client.get(path).text)
    assert found, path
    return found[1]


def post(client: FlaskClient, path: str, page: str = "/message", **fields: str) -> TestResponse:
    return client.post(path, data={"csrf_token": token_of(client, page), **fields})


def sign_in(client: FlaskClient, code: str, birth_date: str = BIRTH_DATE) -> TestResponse:
    return post(client, "/sign-in", page="/sign-in", code=code, birth_date=birth_date)

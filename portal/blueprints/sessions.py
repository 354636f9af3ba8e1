"""The session's cookie, read only by pages that ask for it: an open page asks for nothing and hands out none."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer


class Session(SessionMixin):
    """As Flask's own, but its cookie is unsealed at the first question and not before."""

    modified = False

    def __init__(self, read: Callable[[], SessionMixin | None]) -> None:
        self._read = read

    @cached_property
    def _held(self) -> SessionMixin | dict[str, Any]:
        held = self._read()
        return {} if held is None else held

    def __getitem__(self, key: str) -> Any:
        return self._held[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._held[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self._held[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


class Sessions(SecureCookieSessionInterface):
    """Who did not ask for the session gets no cookie and no ``Vary: Cookie``: a sheet or an open page is nobody's."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once: an app's secret does not change while it runs."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer

    def open_session(self, app: Flask, request: Request) -> Session:  # type: ignore[override]
        return Session(lambda: super(Sessions, self).open_session(app, request))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed or session.modified:
            super().save_session(app, session, response)

"""What a browser may do with an answer, said with every one of them, a page of errors too; worked out once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from portal.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
}
"""No view sets any of them."""
OVER_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
OF_A_PAGE = {"Cache-Control": "no-store"}
STATIC = "/static/"


def say_on(app: Flask, settings: Settings) -> None:
    """Around Flask, which would look through each of them anew for every answer."""
    always = [*HEADERS.items(), *(OVER_TLS.items() if settings.secure else ())]
    with_a_page = [*always, *OF_A_PAGE.items()]
    answered = app.wsgi_app

    def said(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        told = always if environ["PATH_INFO"].startswith(STATIC) else with_a_page
        return answered(environ, lambda status, headers, fault=None: start_response(status, headers + told, fault))

    app.wsgi_app = said  # type: ignore[method-assign]

"""Flask without the questions that have one answer in this portal, asked at every request all the same."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context

from portal.blueprints.requests import PortalRequest


class Page(Template):
    """A component is imported as it is: all templates know the same globals, so none has others to hand on."""

    def _get_default_module(self, _: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class Pages(Environment):
    template_class = Page


class Portal(Flask):
    """No view and no hook is a coroutine."""

    request_class = PortalRequest
    jinja_environment = Pages

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

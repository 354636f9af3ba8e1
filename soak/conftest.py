"""The same databases, app and session as the tests'."""

pytest_plugins = ["tests.conftest"]

"""The same databases, app, session and gateway as the tests'."""

pytest_plugins = ["tests.conftest", "tests.outreach.conftest"]

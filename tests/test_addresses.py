"""Addresses in templates are worked out once, and stay right."""

from flask import Flask


def test_an_address_is_that_of_where_the_portal_is_mounted(app: Flask) -> None:
    url_for = app.jinja_env.globals["url_for"]
    for mounted_at in ("", "/aid", ""):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": mounted_at}):
            assert url_for("families.policy", code="HIGH-GRANT") == f"{mounted_at}/policies/HIGH-GRANT"


def test_several_values_of_one_name_are_all_in_it(app: Flask) -> None:
    with app.test_request_context("/"):
        address = app.jinja_env.globals["url_for"]("families.policies", of=["one", "two"])
    assert address == "/policies?of=one&of=two"

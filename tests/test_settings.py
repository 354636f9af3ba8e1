import pytest

from portal.settings import SettingsProblem, read_settings


def test_nothing_set_is_a_whole_portal() -> None:
    settings = read_settings({})
    assert (settings.database_url, settings.suppliers.gateways, settings.log_level) == (None, ("sandbox",), "INFO")


def test_either_name_of_the_scheme_is_the_driver_that_is_installed() -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        settings = read_settings({"DATABASE_URL": f"{scheme}://portal@127.0.0.1/portal"})
        assert settings.database_url == settings.database_owner_url == "postgresql+psycopg://portal@127.0.0.1/portal"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://portal@127.0.0.1/portal"),
        ("DATABASE_OWNER_URL", "::::"),
        ("PORTAL_LOG_LEVEL", "LOUD"),
        ("PORTAL_TRUSTED_PROXIES", "one"),
        ("PORTAL_TRUSTED_PROXIES", "-1"),
        ("PORTAL_GATEWAY", "pigeon"),
        ("PORTAL_SEAL_ALGORITHM", "rot13"),
        ("PORTAL_ANONYMISE_AFTER_YEARS", "2"),
        ("PORTAL_PUBLIC_URL", "portal.example"),
    ],
)
def test_what_cannot_be_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsProblem, match=name):
        read_settings({name: value})


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(SettingsProblem, match=r"KANNEL_URL.*KANNEL_USERNAME.*KANNEL_PASSWORD"):
        read_settings({"PORTAL_GATEWAY": "kannel"})


def test_a_portal_on_the_network_answers_to_its_own_names_only() -> None:
    settings = read_settings({"PORTAL_PUBLIC_URL": "https://aid.example", "PORTAL_REPORTS_URL": "http://10.0.0.5:8000"})
    assert settings.hosts == ["aid.example", "10.0.0.5", "localhost", "127.0.0.1"]
    assert read_settings({}).hosts is None

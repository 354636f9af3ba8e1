"""What the environment may say, read once into one frozen value."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

from portal.suppliers import Suppliers, faults_of, read_suppliers

Algorithm = Literal["aes", "sm4"]


class SettingsProblem(Exception):
    """The environment asks for something that cannot be; the message names every fault at once."""


@dataclass(frozen=True)
class Settings:
    """Everything works with none of it set: an embedded database, keys made on first run, the sandbox gateway."""

    instance: Path
    database_url: str | None
    """Where the application role connects; ``None`` starts the embedded PostgreSQL under ``instance``."""
    database_owner_url: str | None
    """The role that owns the tables, for migrations only."""
    keys: Path
    seal_algorithm: Algorithm
    """``aes`` (AES-256-GCM) or ``sm4`` (SM4-GCM), for what is sealed from now on."""
    public_url: str
    """The address families type; ``https`` here makes cookies Secure."""
    trusted_proxies: int
    """How many reverse proxies stand before gunicorn and set X-Forwarded-For and -Proto."""
    suppliers: Suppliers
    sms_number: str
    """The number that families see a message come from; empty where it is not known here."""
    reports_url: str
    """Where a gateway reaches ``POST /reports/…``; by default the public address."""
    approve_above: int
    """A campaign of more messages than this waits for a second person."""
    sms_price: Decimal
    """Yuan a segment, for the cost shown before sending."""
    log_level: str
    anonymise_after_years: int | None
    """So many years after the last term on a roll a name goes; None while the authority has not said."""

    @property
    def secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> list[str] | None:
        """The names this portal answers to: its own, the one gateways use, this machine's. Without https, any."""
        if not self.secure:
            return None
        named = (urlsplit(url).hostname for url in (self.public_url, self.reports_url))
        return [*dict.fromkeys(filter(None, named)), "localhost", "127.0.0.1"]


INVENTED_SENDER = "10690000"
"""What the sandbox's messages come from; no operator has given it to anybody."""
LEAST_YEARS = 3
"""Years for which the law bids keep records of what was done with sensitive information (PIPL 56)."""
ALGORITHMS = ("aes", "sm4")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
DRIVER = "postgresql+psycopg"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raise SettingsProblem naming every variable that is missing or wrong."""
    folder = Path(environment.get("PORTAL_INSTANCE", Path(__file__).parent.parent / "instance")).resolve()
    database_url = environment.get("DATABASE_URL") or None
    public_url = environment.get("PORTAL_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    chosen = read_suppliers(environment)
    proxies = environment.get("PORTAL_TRUSTED_PROXIES", "0")
    above = environment.get("PORTAL_APPROVE_ABOVE", "100")
    years = environment.get("PORTAL_ANONYMISE_AFTER_YEARS", "")
    settings = Settings(
        instance=folder,
        database_url=_psycopg(database_url),
        database_owner_url=_psycopg(environment.get("DATABASE_OWNER_URL") or database_url),
        keys=Path(environment.get("PORTAL_KEYS", folder / "keys")).resolve(),
        seal_algorithm=cast("Algorithm", environment.get("PORTAL_SEAL_ALGORITHM", "aes")),
        public_url=public_url,
        trusted_proxies=int(proxies) if proxies.isdecimal() else -1,
        suppliers=chosen,
        sms_number=environment.get("PORTAL_SMS_NUMBER", INVENTED_SENDER if chosen.first == "sandbox" else ""),
        reports_url=environment.get("PORTAL_REPORTS_URL", public_url).rstrip("/"),
        approve_above=int(above) if above.isdecimal() else -1,
        sms_price=_yuan(environment.get("PORTAL_SMS_PRICE", "0.05")),
        log_level=environment.get("PORTAL_LOG_LEVEL", "INFO").upper(),
        anonymise_after_years=(int(years) if years.isdecimal() else -1) if years else None,
    )
    faults = list(_faults(settings))
    if faults:
        raise SettingsProblem("；".join(faults))
    return settings


def _faults(settings: Settings) -> Iterator[str]:
    choices = {
        "PORTAL_SEAL_ALGORITHM": (settings.seal_algorithm, ALGORITHMS),
        "PORTAL_LOG_LEVEL": (settings.log_level, LOG_LEVELS),
    }
    for name, (chosen, possible) in choices.items():
        if chosen not in possible:
            yield f"{name} 是“{chosen}”：请用 {'、'.join(possible)} 中的一个"
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        url = getattr(settings, name.lower())
        if url is not None and not url.startswith(f"{DRIVER}://"):
            yield f"{name} 不是 PostgreSQL 的地址：请写成 postgresql://user@host/name"
    yield from _no_numbers(settings)
    if not settings.public_url.startswith(("http://", "https://")):
        yield f"PORTAL_PUBLIC_URL 是“{settings.public_url}”：请写 http:// 或 https:// 开头的地址"
    yield from faults_of(settings.suppliers)


def _no_numbers(settings: Settings) -> Iterator[str]:
    if settings.sms_number and not settings.sms_number.isdecimal():
        yield "PORTAL_SMS_NUMBER 不是号码：请写家长看到的发送号码，只用数字"
    if settings.trusted_proxies < 0:
        yield "PORTAL_TRUSTED_PROXIES 不是数：请写 0、1、2……"
    if settings.approve_above < 0:
        yield "PORTAL_APPROVE_ABOVE 不是数：请写 0、100……"
    if settings.anonymise_after_years is not None and settings.anonymise_after_years < LEAST_YEARS:
        yield f"PORTAL_ANONYMISE_AFTER_YEARS 不是 {LEAST_YEARS} 以上的数：不匿名化就不要设"
    if settings.sms_price < 0:
        yield "PORTAL_SMS_PRICE 不是金额：请写元，如 0.05"


def _yuan(text: str) -> Decimal:
    """Below nothing where it is no amount."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return Decimal(-1)
    return amount if amount.is_finite() else Decimal(-1)


def _psycopg(url: str | None) -> str | None:
    """SQLAlchemy's name for the driver that is installed."""
    if url is None:
        return None
    scheme, _, rest = url.partition("://")
    return f"{DRIVER}://{rest}" if scheme in ("postgres", "postgresql") else url

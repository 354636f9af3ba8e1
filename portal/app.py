"""应助尽助: the portal that makes sure no child entitled to student aid goes without it."""

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.blueprints import addresses, errors, guards, headers, registered, static_files
from portal.blueprints.application import Portal
from portal.commands import Commands
from portal.database import database_config, db
from portal.logs import start_logging
from portal.models.sealed import use_keyring
from portal.privacy.sealing import Keyring
from portal.readiness import MIGRATIONS
from portal.settings import Settings, read_settings


def create_app(settings: Settings | None = None) -> Flask:
    """Settings → keys → commands → database → guards → blueprints. Raises SettingsProblem or KeyProblem."""
    settings = settings or read_settings()
    start_logging(settings.log_level)
    keyring = Keyring.make(settings.keys, settings.seal_algorithm)
    use_keyring(keyring)

    app = Portal(__name__, static_folder=None)
    app.cli = Commands(name=app.name)
    app.extensions["settings"] = settings
    app.config.from_mapping(database_config(settings))
    app.config.from_mapping(guards.cookie_config(settings, keyring))
    headers.say_on(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]

    db.init_app(app)
    Migrate(app, db, directory=MIGRATIONS)
    guards.stand_before(app)
    errors.answer_in_words(app)
    static_files.serve_on(app)
    addresses.write_on(app)
    for blueprint in registered:
        app.register_blueprint(blueprint)
    return app

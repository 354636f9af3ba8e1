"""Migrations run as the role that owns the tables; the application's role never does."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

import portal.models  # noqa: F401  # makes every table known
from portal.database import metadata, owner_url


def run() -> None:
    engine = create_engine(owner_url(current_app.extensions["settings"]), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, compare_type=True)
        with context.begin_transaction():
            context.run_migrations()


run()

"""Migrations go up and down with rows in the tables, and end where the models are."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from portal.app import create_app
from portal.clock import SchoolTerm
from portal.database import EVERYTHING, db, metadata, set_reach
from portal.enrolment.matching_runs import begin
from portal.models import Pupil
from tests.builders import A_MONDAY, TERM, a_county, a_pupil
from tests.conftest import Databases


def test_what_migrations_make_is_what_the_models_say(databases: Databases) -> None:
    engine = create_engine(databases.settings(databases.copy("compared")).database_owner_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_every_step_goes_down_and_up_again_with_rows_in_the_tables(databases: Databases) -> None:
    app = create_app(databases.settings(databases.copy("stepped")))
    with app.app_context():
        set_reach(db.session(), EVERYTHING)
        pupil = a_pupil(db.session())
        db.session.commit()
        standing, unfinished = (
            begin(db.session(), a_county(db.session()), SchoolTerm.parse(TERM), "command", A_MONDAY) for _ in range(2)
        )
        standing.stands_since, kept = A_MONDAY, unfinished.id
        db.session.commit()
        downgrade(revision="0041")
        parts = db.session.scalars(text("SELECT run_id FROM match_part")).all()
        assert parts == [kept]
        db.session.rollback()
        downgrade(revision="0001")
        upgrade()
        set_reach(db.session(), EVERYTHING)
        assert db.session.get(Pupil, pupil.id).name == "王小雨"
        db.session.close()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        assert inspect(db.engine).has_table("pupil")
        db.engine.dispose()

"""The demonstration county in a folder of its own; prints slip code, birth date and a sign-in of children with aid."""

import sys

from flask_migrate import upgrade
from sqlalchemy import select

from portal import clock
from portal.access.sign_ins import begin_for_family
from portal.access.slips import issue_slips
from portal.app import create_app
from portal.database import EVERYTHING, db, set_reach
from portal.models import Entitlement, Pupil
from portal.settings import read_settings

if __name__ == "__main__":
    settings = read_settings({"PORTAL_INSTANCE": sys.argv[1], "PORTAL_LOG_LEVEL": "WARNING"})
    app = create_app(settings)
    with app.app_context():
        upgrade()
    app.test_cli_runner().invoke(args=["demo"], catch_exceptions=False)
    with app.app_context():
        session = db.session()
        set_reach(session, EVERYTHING)
        due = select(Entitlement.pupil_id).where(Entitlement.closed_on.is_(None), Entitlement.due_yuan.is_not(None))
        pupils = session.scalars(select(Pupil).where(Pupil.id.in_(due)).limit(int(sys.argv[2]))).all()
        slips = issue_slips(session, pupils, clock.now())
        tokens = [begin_for_family(session, pupil, [pupil.id], clock.now()) for pupil in pupils]
        session.commit()
        for pupil, token in zip(pupils, tokens, strict=True):
            print(slips[pupil.id].code, pupil.birth_date.strftime("%Y%m%d"), token)

"""一对一帮扶 and 班级: who helps which pupil, named on the pupil's page, and by class on the teacher's account."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access.accounts import AccountProblem
from portal.access.class_teachers import classes_of, give_classes
from portal.access.one_to_one import name_helper
from portal.access.permissions import Permission
from portal.blueprints.guards import needs
from portal.blueprints.staff.blueprint import staff
from portal.database import db
from portal.models import Pupil, StaffMember
from portal.vocabulary import Role


@staff.post("/pupils/<uuid:pupil_id>/helper")
@needs(Permission.NAME_HELPER)
def give_helper(pupil_id: UUID) -> BaseResponse:
    session = db.session()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    chosen = request.form.get("staff", type=UUID)
    member = session.get(StaffMember, chosen) if chosen else None
    if member is None:
        flash("请先选一名老师")
    else:
        try:
            name_helper(session, pupil, member, current_user.actor, clock.now())
            session.commit()
            flash(f"{member.display_name}现在是这名学生的帮扶人，登录后在“我的学生”里看得到。")
        except AccountProblem as problem:
            flash(str(problem))
    return redirect(url_for("staff.pupil", pupil_id=pupil_id))


@staff.get("/people/<uuid:staff_id>/classes")
@needs(Permission.KEEP_ACCOUNTS)
def teacher_classes(staff_id: UUID) -> str | BaseResponse:
    member = _find(staff_id)
    if member.role is not Role.TEACHER:
        flash(f"{member.display_name}的角色是{member.role.label}，只有班主任才分班级。")
        return redirect(url_for("staff.people"))
    return render_template("staff/teacher_classes.html", member=member, classes=classes_of(db.session(), member))


@staff.post("/people/<uuid:staff_id>/classes")
@needs(Permission.KEEP_ACCOUNTS)
def change_classes(staff_id: UUID) -> BaseResponse:
    session, member = db.session(), _find(staff_id)
    chosen = set(request.form.getlist("class", type=UUID))
    mine = {one for one in classes_of(session, member) if one.id in chosen}
    try:
        give_classes(session, member, mine, current_user.actor)
        session.commit()
        flash(f"{member.display_name}（{member.account}）现在管 {len(mine)} 个班级。")
    except AccountProblem as problem:
        flash(str(problem))
    return redirect(url_for("staff.people"))


def _find(staff_id: UUID) -> StaffMember:
    member: StaffMember = current_user.scope.find(db.session(), StaffMember, staff_id, StaffMember.unit_id)
    return member

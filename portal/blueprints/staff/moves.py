"""学籍变动: who comes, goes, stays away; a transfer is the new school's to accept and nobody's to lose."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal import audit, clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.forms import Form
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.pupils import pupil_page
from portal.coverage import move_lists, moving
from portal.coverage.move_lists import DESKS, entered_here, find_move, left_here, may_end
from portal.database import EVERYTHING, db, set_reach
from portal.enrolment.moves import ACCEPT_WITHIN, LONGEST, Event, MoveRefused, moves_of
from portal.models import Move, Pupil, SchoolClass
from portal.privacy.masking import mask_name
from portal.vocabulary import MoveEnd, MoveKind


class MoveForm(Form):
    kind = SelectField("变动", choices=choices({kind.value: kind.label for kind in MoveKind}))
    happened_on = DateField("哪一天", [InputRequired("请填变动的日期")])
    school = StringField("转入学校", [Length(max=100, message="学校名称请不超过100个字")])
    words = TextAreaField("说明", [Length(max=LONGEST, message=f"说明请不超过{LONGEST}个字")])

    @property
    def event(self) -> Event:
        return Event(MoveKind(self.kind.data), self.happened_on.data, self.school.data or "", self.words.data or "")


class AcceptForm(Form):
    class_name = SelectField("编入班级", [InputRequired("请选班级")])


class EndForm(Form):
    how = RadioField("怎么办结", [InputRequired("请选怎么办结")])
    because = StringField("说明", [Length(max=LONGEST, message=f"说明请不超过{LONGEST}个字")])

    def validate_because(self, field: StringField) -> None:
        if self.how.data == MoveEnd.SENT_BACK.value and not (field.data or "").strip():
            raise ValidationError(moving.SAY_WHY)


class SchoolForm(Form):
    school = StringField("转入学校", [InputRequired("请写学校标识码或全称")])


@staff.get("/moves")
@needs(Permission.SEE_PUPILS)
def moves() -> str:
    session, scope, today, level = db.session(), current_user.scope, clock.today(), current_user.staff.unit.level
    counts = {desk: move_lists.count(session, scope, desk, level, today) for desk in DESKS.values()}
    first = next((desk for desk, count in counts.items() if count), DESKS["incoming"])
    shown = DESKS.get(request.args.get("show", first.code)) or abort(404)
    paging = Paging.within(asked_page(), counts[shown])
    lines = move_lists.lines(session, scope, shown, level, today, paging.offset, PAGE)
    return render_template("staff/moves.html", counts=counts, shown=shown, lines=lines, paging=paging)


@staff.get("/moves/<uuid:move_id>")
@needs(Permission.SEE_PUPILS)
def move(move_id: UUID) -> str:
    """The new school reads here of a pupil it does not have yet, so it is in the trail."""
    found = find_move(db.session(), current_user.scope, move_id)
    audit.record(
        db.session(), current_user.actor, "read",
        unit_id=found.school_id, pupil_id=found.pupil_id, source=source(), move=str(found.id),
    )  # fmt: skip
    page = _page(found)
    db.session.commit()
    return page


@staff.post("/pupils/<uuid:pupil_id>/moves")
@needs(Permission.RECORD_MOVE)
def record_move(pupil_id: UUID) -> BaseResponse | tuple[str, int]:
    session = db.session()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    form = MoveForm()
    if form.validate_on_submit():
        try:
            made = moving.record(session, pupil, form.event, current_user.staff, clock.now())
        except MoveRefused as refused:
            session.rollback()
            form.kind.errors = [str(refused)]
        else:
            session.commit()
            flash("已登记学籍变动。")
            return redirect(url_for("staff.move", move_id=made.id))
    return pupil_page(pupil_id, move_form=form), 422


@staff.post("/moves/<uuid:move_id>/accept")
@needs(Permission.RECORD_MOVE)
def accept_move(move_id: UUID) -> BaseResponse | tuple[str, int]:
    session, found = db.session(), _entering(move_id)
    form = _accept_form(found)
    if not form.validate_on_submit():
        return _page(found, accept_form=form), 422
    set_reach(session, EVERYTHING)  # the pupil is the other school's until now
    try:
        pupil = moving.accept(session, found, form.class_name.data, current_user.staff, clock.now())
    except MoveRefused as refused:
        return _refused(move_id, refused)
    session.commit()
    flash("已接收，台账已转到本校。")
    return redirect(url_for("staff.pupil", pupil_id=pupil.id))


@staff.post("/moves/<uuid:move_id>/end")
@needs(Permission.RECORD_MOVE)
def end_move(move_id: UUID) -> BaseResponse | tuple[str, int]:
    session, scope = db.session(), current_user.scope
    found = find_move(session, scope, move_id)
    form = _end_form(found)
    if not form.validate_on_submit():
        return _page(found, end_form=form), 422
    set_reach(session, EVERYTHING)  # who sends it back does not have the pupil
    try:
        moving.finish(session, found, MoveEnd(form.how.data), current_user.staff, clock.now(), form.because.data or "")
    except MoveRefused as refused:
        return _refused(move_id, refused)
    session.commit()
    flash("已办结。")
    return redirect(url_for("staff.moves"))


@staff.post("/moves/<uuid:move_id>/school")
@needs(Permission.RECORD_MOVE)
def name_school(move_id: UUID) -> BaseResponse | tuple[str, int]:
    """查明转入学校: whoever is above the school that was left, or that school itself."""
    session, form = db.session(), SchoolForm()
    found = find_move(session, current_user.scope, move_id)
    if not left_here(found, current_user.scope):
        return _refused(move_id, MoveRefused("转入学校由转出的学校或它的上级写明；不是本校学生的，点“办结”退回"))
    if not form.validate_on_submit():
        return _page(found, school_form=form), 422
    try:
        moving.name_school(session, found, form.school.data, current_user.staff, clock.now())
    except MoveRefused as refused:
        session.rollback()
        form.school.errors = [str(refused)]
        return (_page(found, school_form=form), 422) if found.ended_at is None else _refused(move_id, refused)
    session.commit()
    flash("已写明转入学校，由那边接收。")
    return redirect(url_for("staff.move", move_id=move_id))


def _entering(move_id: UUID) -> Move:
    """It is the new school's, or of those above it, to accept."""
    found: Move = current_user.scope.find(db.session(), Move, move_id, Move.to_school_id)
    return found


def _refused(move_id: UUID, refused: MoveRefused) -> BaseResponse:
    db.session.rollback()
    flash(str(refused))
    return redirect(url_for("staff.move", move_id=move_id))


def _page(found: Move, **forms: Form) -> str:
    scope = current_user.scope
    mine = entered_here(found, scope)
    known = db.session.get(Pupil, found.pupil_id)
    full = current_user.may(Permission.REVEAL)
    return render_template(
        "staff/move.html",
        move=found,
        line=move_lists.line_of(found, clock.today()),
        name=found.name if full else mask_name(found.name or ""),
        has_pupil=known is not None,
        within=ACCEPT_WITHIN,
        mine=mine,
        accept_form=forms.get("accept_form") or _accept_form(found, blank=True),
        end_form=forms.get("end_form") or _end_form(found, blank=True),
        school_form=forms.get("school_form") or SchoolForm(None),
        catalogue=the_catalogue(),
    )


def _accept_form(found: Move, blank: bool = False) -> AcceptForm:
    form = AcceptForm(None) if blank else AcceptForm()
    classes = SchoolClass.grade == found.grade, SchoolClass.school_id == found.to_school_id
    names = sorted(one.name for one in db.session.query(SchoolClass).where(*classes))
    form.class_name.choices = choices({name: f"{found.grade}{name}" for name in names} | {"待分班": "还没有分班"})
    return form


def _end_form(found: Move, blank: bool = False) -> EndForm:
    form = EndForm(None) if blank else EndForm()
    ends = may_end(found, current_user.scope, current_user.staff.unit.level)
    form.how.choices = choices({how.value: how.label for how in ends})
    return form


@staff.context_processor
def for_moves() -> dict[str, object]:
    """For the pupil's page, asked for only there."""
    return {"empty_move_form": lambda: MoveForm(None), "moves_of": lambda pupil_id: moves_of(db.session(), pupil_id)}

"""联系记录: whom messages did not reach, as named work with a script; and the proof of reach for each household."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, StringField
from wtforms.validators import Length

from portal import audit, clock
from portal.access.permissions import Permission
from portal.blueprints.catalogue import the_catalogue
from portal.blueprints.guards import needs, source
from portal.blueprints.staff.blueprint import staff
from portal.blueprints.staff.fields import choices
from portal.blueprints.staff.paging import PAGE, Paging, asked_page
from portal.blueprints.staff.pupil_acts import ContactForm
from portal.blueprints.staff.terms import asked_term, current_term
from portal.clock import SchoolTerm
from portal.coverage.contacts import DENIED_LABEL, ContactRefused, record_contact
from portal.database import db
from portal.models import ContactTask, Pupil
from portal.outreach import tasks as events
from portal.outreach.reach import count_unreached, traces, unreached
from portal.outreach.replies import count_unhandled, unhandled
from portal.outreach.script import script_for
from portal.privacy.masking import mask_name
from portal.vocabulary import Channel, ContactTaskKind, QuestionTopic


class TalkForm(ContactForm):
    topic = SelectField(
        "家长问了什么", choices=choices({"": "没有问"} | {topic.value: topic.label for topic in QuestionTopic})
    )
    policy = SelectField("问的是哪一项", default="")
    question = StringField("原话", [Length(max=200, message="原话请不超过200个字")])


@staff.get("/contact-tasks")
@needs(Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS)
def contact_tasks() -> str:
    """What families wrote is read here, so it is in the trail."""
    session, scope, term, kind = db.session(), current_user.scope, current_term(), _asked_kind()
    paging = Paging.within(asked_page(), events.count_tasks(session, scope, term, kind))
    page = render_template(
        "staff/contact_tasks.html",
        tasks=events.tasks(session, scope, term, clock.today(), PAGE, paging.offset, kind),
        kind=kind,
        kinds=[(one, events.count_tasks(session, scope, term, one)) for one in ContactTaskKind],
        **_replies(),
        questions=events.count_questions(session, scope),
        catalogue=the_catalogue(),
        unreached=count_unreached(session, scope, term) if current_user.may(Permission.SEE_PUPILS) else None,
        paging=paging,
        term=term,
    )
    session.commit()
    return page


def _replies() -> dict[str, object]:
    """Those that wait, for whoever answers them."""
    session, scope = db.session(), current_user.scope
    if not current_user.may(Permission.RECORD_CONTACT):
        return {}
    found = unhandled(session, scope)
    if whose := sorted({str(pupil_id) for reply in found for pupil_id, _ in reply.children}):
        audit.record(session, current_user.actor, "read", unit_id=scope.unit_id, source=source(), whose=whose)
    return {"replies": found, "waiting": count_unhandled(session, scope)}


@staff.get("/contact-tasks/<uuid:task_id>")
@needs(Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS)
def contact_task(task_id: UUID) -> str:
    """Who is to be rung and what for is read here, so it is in the trail; of a shared number all beside it."""
    session, task = db.session(), _find(task_id)
    several = [] if task.pupil_id else [str(pupil_id) for pupil_id, *_ in events.beside(session, task)]
    audit.record(
        session, current_user.actor, "read",
        unit_id=task.school_id, pupil_id=task.pupil_id, source=source(), whose=several,
    )  # fmt: skip
    by = Channel.VISIT if task.kind is ContactTaskKind.VISIT else Channel.PHONE
    page = _page(task, _form(task, TalkForm(None, channel=by.value)))
    session.commit()
    return page


@staff.post("/contact-tasks/<uuid:task_id>")
@needs(Permission.RECORD_CONTACT, Permission.VERIFY_OWN_CLASS)
def record_talk(task_id: UUID) -> BaseResponse | tuple[str, int]:
    task = _find(task_id)
    form = _form(task, TalkForm())
    if task.pupil is not None and form.validate_on_submit():
        try:
            _record(task.pupil, form)
        except ContactRefused as refused:
            form.answer.errors = [str(refused)]
        else:
            db.session.commit()
            flash("联系已记下。")
            return redirect(url_for("staff.contact_tasks"))
    return _page(task, form), 422


def _asked_kind() -> ContactTaskKind | None:
    written = request.args.get("kind", "")
    return ContactTaskKind(written) if written in list(ContactTaskKind) else None


def _record(pupil: Pupil, form: TalkForm) -> None:
    session, by, now = db.session(), current_user.actor, clock.now()
    record_contact(session, pupil, current_term().code, form.spoken, by, now)
    events.note_contact(session, pupil.id, form.spoken.reached, by, now)
    if form.topic.data:
        topic, policy = QuestionTopic(form.topic.data), form.policy.data or ""
        events.note_question(session, pupil, topic, policy, form.question.data or "", by, now)


def _form(task: ContactTask, form: TalkForm) -> TalkForm:
    catalogue = the_catalogue()
    named = {code: catalogue[code].name for code in events.policies_of(db.session(), task)}
    form.policy.choices = choices({"": "不分哪一项"} | named)
    return form


def _page(task: ContactTask, form: TalkForm) -> str:
    session, term, pupil = db.session(), SchoolTerm.parse(task.term), task.pupil
    name = "" if pupil is None else _name(pupil)
    script = script_for(session, pupil, term, clock.today()) if pupil else None
    return render_template(
        "staff/contact_task.html",
        task=task,
        name=name,
        script=script,
        never_agreed=DENIED_LABEL,
        beside=events.beside(session, task) if pupil is None else [],
        number=events.shared_number(session, task) if pupil is None else "",
        form=form,
        today=clock.today(),
    )


def _name(pupil: Pupil) -> str:
    """Whoever rings has to know whom; who may not see names in full reads out a masked one."""
    in_full = current_user.may(Permission.REVEAL) or current_user.may(Permission.VERIFY_OWN_CLASS)
    return (pupil.name or "") if in_full else mask_name(pupil.name or "")


def _find(task_id: UUID) -> ContactTask:
    found: ContactTask = current_user.scope.find(db.session(), ContactTask, task_id, ContactTask.school_id)
    return found


@staff.get("/unreached")
@needs(Permission.SEE_PUPILS)
def unreached_families() -> str:
    """Names, not a percentage only (N4-3)."""
    session, scope, term = db.session(), current_user.scope, asked_term()
    paging = Paging.within(asked_page(), count_unreached(session, scope, term))
    lines = unreached(session, scope, term, clock.today(), PAGE, paging.offset)
    return render_template("staff/unreached.html", lines=lines, paging=paging, term=term)


@staff.get("/pupils/<uuid:pupil_id>/reach")
@needs(Permission.SEE_PUPILS)
def reach_proof(pupil_id: UUID) -> str:
    session, term = db.session(), asked_term()
    pupil = current_user.scope.find(session, Pupil, pupil_id, Pupil.school_id)
    audit.record(
        session, current_user.actor, "reach_printed", unit_id=pupil.school_id, pupil_id=pupil.id, source=source()
    )
    found = traces(session, pupil_id, term)
    page = render_template("staff/reach.html", pupil=pupil, name=_name(pupil), traces=found, term=term, now=clock.now())
    session.commit()
    return page

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.intake.findings import findings_of
from portal.intake.receive import receive
from portal.intake.work_off import work_off
from portal.models import AuditEntry, EnrolmentRecord, Guardian, Pupil, SchoolClass, Slip, Unit
from portal.vocabulary import IntakeKind, Role, Stage
from tests.builders import A_MONDAY, TERM, a_county, a_school, a_staff_member
from tests.intake.arrivals import arrive, roster, sessions_of
from tests.intake.files import CHEN_MING, XIAOCHUAN, XIAOYU, csv

ROSTER = IntakeKind.ROSTER
XIAOYU_ROW = {
    "序号": "1", "姓名": "王小雨", "身份证件号": XIAOYU, "学籍号": "G329901201603050015",
    "年级": "四年级", "班级": "(2)班", "监护人1姓名": "王丽", "监护人1电话": "19900000001",
}  # fmt: skip


def only_pupil(session: Session) -> Pupil:
    session.expire_all()
    return session.scalars(select(Pupil)).one()


def test_a_pupil_comes_in_with_guardian_record_class_and_slip(session: Session) -> None:
    school = a_school(session)

    arrive(session, ROSTER, school, roster(XIAOYU_ROW))

    pupil = only_pupil(session)
    record = session.scalars(select(EnrolmentRecord)).one()
    assert (pupil.name, pupil.id_number, pupil.id_certain) == ("王小雨", XIAOYU, True)
    assert [(person.name, person.phone) for person in pupil.guardians] == [("王丽", "19900000001")]
    assert (record.term, record.roster_row, record.stage, record.grade_number) == (TERM, "1", Stage.PRIMARY, 4)
    assert session.scalars(select(SchoolClass.name)).all() == ["(2)班"]
    assert len(session.scalars(select(Slip).where(Slip.pupil_id == pupil.id)).all()) == 1


def test_every_pupil_of_the_school_has_a_slip(session: Session) -> None:
    school = a_school(session)
    arrive(session, ROSTER, school, roster(XIAOYU_ROW, {"姓名": "王小川", "身份证件号": XIAOCHUAN}))
    arrive(session, ROSTER, school, roster({"姓名": "陈明", "身份证件号": CHEN_MING}))
    assert len(set(session.scalars(select(Slip.pupil_id)))) == len(session.scalars(select(Pupil.id)).all()) == 3


def test_a_corrected_file_changes_the_pupil_and_makes_no_second_one(session: Session) -> None:
    school = a_school(session)
    arrive(session, ROSTER, school, roster(XIAOYU_ROW))
    known = only_pupil(session).id

    arrive(session, ROSTER, school, roster({**XIAOYU_ROW, "姓名": "王晓雨", "监护人1电话": "19900000002"}))

    pupil = only_pupil(session)
    assert (pupil.id, pupil.name) == (known, "王晓雨")
    assert [person.phone for person in session.scalars(select(Guardian))] == ["19900000002"]
    assert len(session.scalars(select(EnrolmentRecord)).all()) == 1
    assert len(session.scalars(select(Slip)).all()) == 1


def test_the_next_term_is_a_second_record_of_the_same_pupil(session: Session) -> None:
    school = a_school(session)
    arrive(session, ROSTER, school, roster(XIAOYU_ROW))
    arrive(session, ROSTER, school, roster(XIAOYU_ROW), occasion="2027-spring")
    only_pupil(session)
    assert set(session.scalars(select(EnrolmentRecord.term))) == {TERM, "2027-spring"}


def test_a_pupil_without_number_is_known_by_student_number_or_by_name_and_birth_date(session: Session) -> None:
    school = a_school(session)
    born = {"姓名": "王小川", "出生日期": "2018-09-17"}
    numbered = {"姓名": "陈明", "学籍号": "G329901201211110023"}
    arrive(session, ROSTER, school, roster(born, numbered))

    arrive(session, ROSTER, school, roster({**born, "身份证件号": XIAOCHUAN}, {**numbered, "身份证件号": CHEN_MING}))

    assert sorted(pupil.id_number or "" for pupil in session.scalars(select(Pupil))) == [CHEN_MING, XIAOCHUAN]


def test_two_children_of_one_name_with_numbers_of_their_own_stay_two(session: Session) -> None:
    school = a_school(session)
    arrive(session, ROSTER, school, roster({"姓名": "王小雨", "身份证件号": XIAOYU}))
    arrive(session, ROSTER, school, roster({"姓名": "王小雨", "身份证件号": XIAOCHUAN}))
    assert len(session.scalars(select(Pupil)).all()) == 2


def test_one_number_under_two_names_is_two_pupils_also_the_second_time(session: Session) -> None:
    school = a_school(session)
    rows = ({"姓名": "王小雨", "身份证件号": XIAOYU}, {"姓名": "李大", "身份证件号": XIAOYU})
    arrive(session, ROSTER, school, roster(*rows))
    arrive(session, ROSTER, school, roster(*reversed(rows)))
    pupils = session.scalars(select(Pupil)).all()
    assert sorted(pupil.name or "" for pupil in pupils) == ["李大", "王小雨"]
    assert not any(pupil.id_certain for pupil in pupils)


def test_who_is_missing_from_a_newer_file_is_left_alone(session: Session) -> None:
    school = a_school(session)
    arrive(session, ROSTER, school, roster(XIAOYU_ROW, {"姓名": "王小川", "身份证件号": XIAOCHUAN}))
    arrive(session, ROSTER, school, roster({**XIAOYU_ROW, "班级": "(3)班"}))
    records = session.scalars(select(EnrolmentRecord)).all()
    assert sorted(record.class_name for record in records) == ["", "(3)班"]


def test_schools_of_a_county_s_roster_are_made_where_they_are_not_known(session: Session) -> None:
    county = a_county(session)
    row = {**XIAOYU_ROW, "学校标识码": "3299010077", "学校名称": "示例县新办小学"}

    arrive(session, ROSTER, county, roster(row))

    school = session.scalars(select(Unit).where(Unit.code == "3299010077")).one()
    assert (school.name, school.parent_id, school.path) == ("示例县新办小学", county.id, f"{county.path}3299010077/")
    assert school.stages == ["primary"]
    assert only_pupil(session).school_id == school.id


def test_a_school_that_an_officer_s_roster_made_is_the_officer_s_in_the_trail(session: Session) -> None:
    staff = a_staff_member(session, "cnty", Role.COUNTY_OFFICER, a_county(session))
    data = roster({**XIAOYU_ROW, "学校标识码": "3299010077"})
    arrive(session, ROSTER, staff.unit, data, by="staff:cnty")
    made = session.scalars(select(AuditEntry).where(AuditEntry.action == "unit_changed")).one()
    assert made.actor == "staff:cnty"


def test_two_rosters_of_one_school_at_once_make_each_pupil_once(session: Session) -> None:
    school = a_school(session)
    session.commit()
    files = [roster(XIAOYU_ROW), roster({**XIAOYU_ROW, "班级": "(3)班"})]
    ids = [receive(session, ROSTER, school, TERM, "a.csv", data, "", "command", A_MONDAY).id for data in files]
    session.commit()
    sessions = sessions_of(session)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda intake_id: work_off(sessions, intake_id, A_MONDAY), ids))
    assert only_pupil(session).name == "王小雨"


def test_rows_of_other_schools_are_problems_and_the_good_rows_are_in(session: Session) -> None:
    county, elsewhere = (
        a_county(session),
        a_school(session, a_county(session, "329902", "邻县"), "3299020001", "邻县小学"),
    )
    ours = {**XIAOYU_ROW, "学校标识码": "3299010001", "学校名称": "示例县实验小学"}
    theirs = {"姓名": "王小川", "身份证件号": XIAOCHUAN, "学校标识码": elsewhere.code}
    nowhere = {"姓名": "陈明", "身份证件号": CHEN_MING}

    intake = arrive(session, ROSTER, county, roster(ours, theirs, nowhere))

    assert only_pupil(session).name == "王小雨"
    problems = findings_of(intake).problems
    assert [(problem.row, problem.column, problem.row_kept) for problem in problems] == [
        (3, "学校标识码", False),
        (4, "学校标识码", False),
    ]


def test_a_school_imports_nobody_of_another_school(session: Session) -> None:
    school = a_school(session)
    theirs = {**XIAOYU_ROW, "学校标识码": "3299010099"}
    intake = arrive(session, ROSTER, school, roster(theirs, {"姓名": "王小川", "身份证件号": XIAOCHUAN}))
    assert only_pupil(session).name == "王小川"
    assert "不是本校的标识码" in findings_of(intake).problems[0].problem


def test_the_school_s_stages_settle_a_grade_that_could_be_several(session: Session) -> None:
    school = a_school(session, code="3299010002", name="示例县启明学校")
    arrive(session, ROSTER, school, roster({**XIAOYU_ROW, "年级": "二年级"}), now=A_MONDAY)
    record = session.scalars(select(EnrolmentRecord)).one()
    assert (record.stage, record.grade_number) == (Stage.PRIMARY, 2)


def test_a_roster_in_gb18030_keeps_its_rare_characters(session: Session) -> None:
    data = roster({"姓名": "李𬱖", "身份证件号": "329901200702140054"}, encoding="gb18030")
    arrive(session, ROSTER, a_school(session), data)
    assert only_pupil(session).name == "李𬱖"


def test_a_file_without_a_column_leaves_what_is_known_of_it(session: Session) -> None:
    school = a_school(session)
    arrive(session, ROSTER, school, roster({**XIAOYU_ROW, "出生日期": "2016-03-05"}))

    arrive(session, ROSTER, school, csv(["姓名", "学籍号", "班级"], ["王小雨", "G329901201603050015", "(3)班"]))

    pupil, record = only_pupil(session), session.scalars(select(EnrolmentRecord)).one()
    assert (pupil.id_number, pupil.id_certain, str(pupil.birth_date)) == (XIAOYU, True, "2016-03-05")
    assert [person.phone for person in pupil.guardians] == ["19900000001"]
    assert (record.grade, record.stage, record.class_name) == ("四年级", Stage.PRIMARY, "(3)班")

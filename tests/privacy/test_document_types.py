import pytest

from portal.privacy.document_types import NumberKind, declared_type
from portal.privacy.resident_id import read_number
from tests.privacy.numbers import TODAY, numbered


@pytest.mark.parametrize(
    ("written", "id_type", "value", "kind"),
    [
        ("H12345678", "6", "H12345678", NumberKind.PERMIT),
        ("h1234567801", "港澳居民来往内地通行证", "H12345678", NumberKind.PERMIT),
        ("A123456(7)", "香港特区护照/身份证明", "A1234567", NumberKind.PERMIT),
        ("M12345678", "7", "M12345678", NumberKind.PERMIT),
        ("5123456（7）", "澳门特区护照/身份证明", "51234567", NumberKind.PERMIT),
        ("87654321", "台湾居民来往大陆通行证", "87654321", NumberKind.PERMIT),
        ("0123456701(B)", "8", "0123456701B", NumberKind.PERMIT),
        ("USA110090010101", "9", "USA110090010101", NumberKind.FOREIGN_RESIDENT),
        ("e12345678", "A", "E12345678", NumberKind.PASSPORT),
        ("G12345678", "护照", "G12345678", NumberKind.PASSPORT),
        ("12345678.0", "8", "12345678", NumberKind.PERMIT),
    ],
)
def test_other_documents_are_read_by_their_declared_type(
    written: str, id_type: str, value: str, kind: NumberKind
) -> None:
    reading = read_number(written, id_type, TODAY)

    assert (reading.value, reading.kind, reading.certain, reading.problem) == (value, kind, True, None)


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
@pytest.mark.parametrize("id_type", [None, "港澳台居民居住证", "1"])
def test_a_residence_permit_of_eighteen_digits_is_checked_like_an_identity_number(
    region: str, id_type: str | None
) -> None:
    number = numbered(f"{region}20100101001")

    assert read_number(number, id_type, TODAY).kind is NumberKind.RESIDENCE_PERMIT
    assert read_number(number, id_type, TODAY).certain
    assert not read_number(number[:-1] + ("1" if number[-1] != "1" else "2"), id_type, TODAY).value


def test_the_new_card_of_a_foreign_resident_has_a_check_digit_too() -> None:
    reading = read_number(numbered("93284019900101001"), "外国人永久居留身份证", TODAY)

    assert reading.kind is NumberKind.FOREIGN_RESIDENT and reading.certain


@pytest.mark.parametrize("number", ["H12345678", "E12345678", "USA110090010101"])
@pytest.mark.parametrize("id_type", [None, "", "1", "居民身份证"])
def test_without_its_type_a_document_is_kept_but_waits_for_a_person(number: str, id_type: str | None) -> None:
    reading = read_number(number, id_type, TODAY)

    assert reading.value == number and not reading.certain
    assert "身份证件类型" in (reading.problem or "")


def test_a_number_unlike_its_declared_type_is_refused() -> None:
    reading = read_number("12345", "护照", TODAY)

    assert reading.value == "" and (reading.problem or "").startswith("号码与所填的证件类型（护照）不符")


def test_an_identity_number_under_another_type_is_still_checked_as_one() -> None:
    assert read_number("329901201603050015", "A", TODAY).kind is NumberKind.RESIDENT
    assert (read_number("329901201603050014", "A", TODAY).problem or "").startswith("校验位不对")
    assert read_number("329901201603050000", "Z", TODAY).kind is NumberKind.DAMAGED


def test_an_unknown_document_is_kept_without_certainty() -> None:
    reading = read_number("军字第1号", "军官证", TODAY)

    assert (reading.value, reading.kind, reading.certain, reading.problem) == (
        "军字第1号",
        NumberKind.OTHER,
        False,
        None,
    )


@pytest.mark.parametrize(
    ("id_type", "kind"),
    [
        ("1", NumberKind.RESIDENT),
        ("01", NumberKind.RESIDENT),
        ("1-居民身份证", NumberKind.RESIDENT),
        ("居民户口簿", NumberKind.RESIDENT),
        ("a", NumberKind.PASSPORT),
        ("台湾居民居住证", NumberKind.RESIDENCE_PERMIT),
        ("境外永久居住证", NumberKind.FOREIGN_RESIDENT),
        ("第二代残疾人证", NumberKind.DISABILITY_CERTIFICATE),
        ("Z", NumberKind.OTHER),
        ("军官证", NumberKind.OTHER),
    ],
)
def test_a_declared_type_is_known_by_code_or_name(id_type: str, kind: NumberKind) -> None:
    document = declared_type(id_type)

    assert document is not None and document.kind is kind


def test_no_declared_type_is_none_and_not_other() -> None:
    assert declared_type(None) is None and declared_type("  ") is None

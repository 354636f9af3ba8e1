"""Invented identity numbers: divisions 3299xx and 4199xx are not allotted, so that nobody bears them."""

from datetime import date

from hypothesis import strategies as st

from portal.privacy.resident_id import check_digit_of

TODAY = date(2026, 9, 7)


def numbered(first17: str) -> str:
    return first17 + check_digit_of(first17)


valid_numbers = st.builds(
    lambda division, born, order: numbered(f"{division}{born:%Y%m%d}{order:03}"),
    st.sampled_from(["329901", "329999", "419901", "810000", "830000"]),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(1, 999),
)

"""Who keeps which kind of file that came in: for ``work_off`` and ``resume_left_behind``."""

from collections.abc import Mapping

from portal.coverage.awards import keep_awards
from portal.coverage.lapses import keep_in_place
from portal.coverage.system_lists import keep_list
from portal.intake import work_off
from portal.intake.work_off import Keeper
from portal.vocabulary import IntakeKind

KEEPERS: Mapping[IntakeKind, Keeper] = {
    **work_off.KEEPERS,
    IntakeKind.REGISTER: keep_in_place,
    IntakeKind.AWARDS: keep_awards,
    IntakeKind.NATIONAL_LIST: keep_list,
    IntakeKind.LIBRARY_LIST: keep_list,
}

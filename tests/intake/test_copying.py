from time import sleep
from uuid import RFC_4122

from portal.intake.copying import id_by_time


def test_ids_made_later_come_later_and_none_twice() -> None:
    ids = []
    for _ in range(20):
        ids.append(id_by_time())
        sleep(0.002)
    assert sorted(ids) == ids
    assert len({id_by_time() for _ in range(10_000)}) == 10_000


def test_an_id_by_time_is_a_uuid_of_version_7() -> None:
    for _ in range(1000):
        made = id_by_time()
        assert (made.version, made.variant) == (7, RFC_4122)

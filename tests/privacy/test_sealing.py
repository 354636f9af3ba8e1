from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.privacy.key_files import add_data_key
from portal.privacy.sealing import Algorithm, KeyProblem, Keyring, SealBroken, Sm4Gcm

PLACE = "pupil.id_no"
NUMBER = "329901201603050015"
ROW = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture(params=["aes", "sm4"])
def algorithm(request: pytest.FixtureRequest) -> Algorithm:
    found: Algorithm = request.param
    return found


@pytest.fixture
def ring(tmp_path: Path, algorithm: Algorithm) -> Keyring:
    return Keyring.make(tmp_path / "keys", algorithm)


def test_sm4_gcm_gives_the_bytes_of_rfc_8998_a_1() -> None:
    cipher = Sm4Gcm(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    text = b"".join(bytes([byte]) * 8 for byte in bytes.fromhex("AABBCCDDEEFFEEAA"))
    beside = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")

    sealed = cipher.encrypt(nonce, text, beside)

    assert sealed.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert cipher.decrypt(nonce, sealed, beside) == text


def test_a_sealed_number_is_fifty_bytes_with_its_header(ring: Keyring, algorithm: Algorithm) -> None:
    sealed = ring.seal(NUMBER, PLACE, ROW)

    assert len(sealed) == 50
    assert sealed[:4] == bytes((1, {"aes": 1, "sm4": 2}[algorithm], 0, 1))
    assert NUMBER.encode() not in sealed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(), row=st.uuids())
def test_what_is_sealed_opens_to_itself(ring: Keyring, text: str, row: UUID) -> None:
    assert ring.open(ring.seal(text, PLACE, row), PLACE, row) == text


def test_the_same_text_is_never_sealed_alike(ring: Keyring) -> None:
    assert len({ring.seal(NUMBER, PLACE, ROW) for _ in range(1000)}) == 1000


MOVES: dict[str, Callable[[Keyring, bytes], str]] = {
    "another row": lambda ring, sealed: ring.open(sealed, PLACE, uuid4()),
    "another column": lambda ring, sealed: ring.open(sealed, "pupil.phone", ROW),
    "cut short": lambda ring, sealed: ring.open(sealed[:31], PLACE, ROW),
    "nothing": lambda ring, sealed: ring.open(b"", PLACE, ROW),
    "no tag": lambda ring, sealed: ring.open(sealed[:-16], PLACE, ROW),
    "plain text": lambda ring, sealed: ring.open(NUMBER.encode() * 3, PLACE, ROW),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_value_moved_or_cut_breaks(ring: Keyring, move: str) -> None:
    sealed = ring.seal(NUMBER, PLACE, ROW)

    with pytest.raises(SealBroken, match="加密数据"):
        MOVES[move](ring, sealed)


@pytest.mark.parametrize("place", range(50))
def test_any_byte_changed_breaks_the_seal(ring: Keyring, place: int) -> None:
    sealed = bytearray(ring.seal(NUMBER, PLACE, ROW))
    sealed[place] ^= 1

    with pytest.raises(SealBroken):
        ring.open(bytes(sealed), PLACE, ROW)


def test_an_index_is_equal_for_equal_text_of_one_purpose(ring: Keyring) -> None:
    index = ring.index("idno", NUMBER)

    assert len(index) == 32 and index == ring.index("idno", NUMBER)
    assert index != ring.index("phone", NUMBER) and index != ring.index("idno", NUMBER[:-1])


def test_two_portals_have_different_indexes_for_one_number(tmp_path: Path) -> None:
    one, other = Keyring.make(tmp_path / "one"), Keyring.make(tmp_path / "other")

    assert one.index("idno", NUMBER) != other.index("idno", NUMBER)


def test_keys_read_again_open_what_was_sealed_before(tmp_path: Path, ring: Keyring) -> None:
    again = Keyring.load(tmp_path / "keys")

    assert again.open(ring.seal(NUMBER, PLACE, ROW), PLACE, ROW) == NUMBER
    assert again.index("idno", NUMBER) == ring.index("idno", NUMBER)
    again.require(ring.fingerprint())


def with_another_key(folder: Path, algorithm: Algorithm = "aes") -> Keyring:
    add_data_key(folder, algorithm)
    return Keyring.load(folder)


def test_after_a_rotation_the_newest_key_writes_and_every_key_reads(tmp_path: Path, ring: Keyring) -> None:
    before = ring.seal(NUMBER, PLACE, ROW)

    rotated = with_another_key(tmp_path / "keys", "sm4")
    after = rotated.seal(NUMBER, PLACE, ROW)

    with pytest.raises(SealBroken):
        ring.open(after, PLACE, ROW)
    assert rotated.open(before, PLACE, ROW) == rotated.open(after, PLACE, ROW) == NUMBER
    assert rotated.index("idno", NUMBER) == ring.index("idno", NUMBER)
    rotated.require(ring.fingerprint())


def test_a_value_of_a_key_that_is_gone_breaks(tmp_path: Path, ring: Keyring) -> None:
    rotated = with_another_key(tmp_path / "keys")

    with pytest.raises(SealBroken, match="密钥"):
        ring.open(rotated.seal(NUMBER, PLACE, ROW), PLACE, ROW)


def test_keys_of_another_database_are_refused(tmp_path: Path, ring: Keyring) -> None:
    kept = ring.fingerprint()

    with pytest.raises(KeyProblem, match=r"密钥与数据库不是一套.*拒绝启动"):
        Keyring.make(tmp_path / "other").require(kept)


def test_a_lost_data_key_is_refused(tmp_path: Path, ring: Keyring) -> None:
    kept = with_another_key(tmp_path / "keys").fingerprint()

    with pytest.raises(KeyProblem, match="密钥编号 2"):
        ring.require(kept)


def test_nothing_printed_of_a_ring_shows_a_key(ring: Keyring) -> None:
    assert repr(ring) == "<Keyring of 1 data keys>"


def test_threads_share_a_ring(ring: Keyring) -> None:
    def there_and_back(number: int) -> bool:
        row = UUID(int=number)
        return ring.open(ring.seal(f"文本{number}", PLACE, row), PLACE, row) == f"文本{number}"

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(there_and_back, range(4000)))

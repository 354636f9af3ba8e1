"""Sealed fields and blind indexes (security.md C-01…C-03, C-06, C-09).

A sealed value is ver(1) alg(1) key id(2) nonce(12) ciphertext tag(16); its place and row are bound in, so that a value
copied into another column or row does not open. Each purpose has a key of its own, derived by HKDF from its key file.
"""

import hmac
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.privacy.key_files import (
    Algorithm,
    KeyFile,
    KeyProblem,
    make_key_files,
    read_key_files,
)

__all__ = ["Algorithm", "KeyProblem", "Keyring", "SealBroken"]

_VERSION = 1
_HEADER, _NONCE, _TAG = 4, 12, 16


class SealBroken(Exception):
    """A sealed value was changed, moved or belongs to other keys: the row is to be quarantined, never read as empty."""


class SealCipher(Protocol):
    """What every algorithm looks like; the tag is the end of the ciphertext."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class Sm4Gcm:
    """SM4-128-GCM (RFC 8998); cryptography has it only as a mode, not as an AEAD class."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        context = Cipher(self._key, modes.GCM(nonce)).encryptor()
        context.authenticate_additional_data(associated_data)
        return context.update(data) + context.finalize() + context.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        context = Cipher(self._key, modes.GCM(nonce, data[-_TAG:])).decryptor()
        context.authenticate_additional_data(associated_data)
        return context.update(data[:-_TAG]) + context.finalize()


_ALGORITHM_BYTE: dict[Algorithm, int] = {"aes": 1, "sm4": 2}
_KEY_BYTES: dict[Algorithm, int] = {"aes": 32, "sm4": 16}
_HASHES: dict[Algorithm, type[hashes.HashAlgorithm]] = {"aes": hashes.SHA256, "sm4": hashes.SM3}


def _derived(key: KeyFile, purpose: bytes, length: int) -> bytes:
    return HKDF(_HASHES[key.algorithm](), length, salt=None, info=b"portal|v1|" + purpose).derive(key.secret)


def _cipher(key: KeyFile) -> SealCipher:
    secret = _derived(key, b"pii-enc", _KEY_BYTES[key.algorithm])
    return AESGCM(secret) if key.algorithm == "aes" else Sm4Gcm(secret)


def _header(key: KeyFile) -> bytes:
    return bytes((_VERSION, _ALGORITHM_BYTE[key.algorithm])) + key.id.to_bytes(2)


class Keyring:
    """Writes with the newest data key, reads with all; safe to share between threads and across fork."""

    def __init__(self, index: KeyFile, data: tuple[KeyFile, ...]) -> None:
        self._files = (index, *data)
        self._ciphers = {_header(key): _cipher(key) for key in data}
        self._newest = _header(data[-1])
        self._index = HMAC(_derived(index, b"pii-index", 32), _HASHES[index.algorithm]())

    def __repr__(self) -> str:
        return f"<Keyring of {len(self._ciphers)} data keys>"

    @classmethod
    def make(cls, folder: Path, algorithm: Algorithm = "aes") -> "Keyring":
        """On first run makes the keys; afterwards reads them, whatever algorithm they were made for."""
        make_key_files(folder, algorithm)
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> "Keyring":
        """Raises KeyProblem when a key is missing, unreadable, open to others or malformed."""
        return cls(*read_key_files(folder))

    def seal(self, text: str, place: str, row: UUID) -> bytes:
        """``place`` is "table.column". The nonce is fresh from the system: a buffer would repeat after a fork."""
        header, nonce = self._newest, os.urandom(_NONCE)
        return header + nonce + self._ciphers[header].encrypt(nonce, text.encode(), _bound(place, row, header))

    def open(self, sealed: bytes, place: str, row: UUID) -> str:
        """Raises SealBroken, and says where it stands and nothing of the content."""
        header = sealed[:_HEADER]
        cipher = self._ciphers.get(header)
        if cipher is None or len(sealed) < _HEADER + _NONCE + _TAG:
            raise SealBroken(f"{place} 的加密数据无法识别，或所用密钥不在密钥文件夹里（{row}）")
        try:
            nonce, text = sealed[_HEADER : _HEADER + _NONCE], sealed[_HEADER + _NONCE :]
            return cipher.decrypt(nonce, text, _bound(place, row, header)).decode()
        except InvalidTag:
            raise SealBroken(f"{place} 的加密数据被改动，或不属于这一行（{row}）") from None

    def index(self, purpose: str, text: str) -> bytes:
        """32 bytes, equal for equal text of one purpose; normalise the text first."""
        keyed = self._index.copy()
        keyed.update(f"{purpose}|v1|{text}".encode())
        return keyed.finalize()

    def fingerprint(self) -> dict[str, str]:
        """Key id → what may be kept in the database to know the key again; "0" is the index key."""
        return {str(key.id): _derived(key, b"fingerprint", 16).hex() for key in self._files}

    def require(self, kept: Mapping[str, str]) -> None:
        """Raises KeyProblem unless every key that the database knows is here, unchanged; further keys are welcome."""
        mine = self.fingerprint()
        wrong = [id_ for id_, print_ in kept.items() if not hmac.compare_digest(mine.get(id_, ""), print_)]
        if wrong:
            numbers = "、".join(wrong)
            raise KeyProblem(
                f"密钥与数据库不是一套（密钥编号 {numbers}），拒绝启动；请恢复与此数据库一起备份的密钥文件夹"
            )


def _bound(place: str, row: UUID, header: bytes) -> bytes:
    return place.encode() + b"|" + row.bytes + b"|" + header

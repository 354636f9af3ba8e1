"""What WeChat and 企业微信 push, sealed: whose signature covers the sealed body, AES-256-CBC, and the receiver in it.

The plain ``signature`` beside it does not cover the body, so a push without ``msg_signature`` is never believed.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from portal.outreach.gateways.doors import NotGenuine, Push

BLOCK = 32  # PKCS#7 to 32 octets, twice AES's own
FRESH = 600  # seconds a push may be old: the supplier tries again for less


def signature(token: str, *pieces: str) -> str:
    return hashlib.sha1("".join(sorted([token, *pieces])).encode(), usedforsecurity=False).hexdigest()


def same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode())


def check_fresh(push: Push) -> None:
    stamp = push.fields.get("timestamp", "")
    if not stamp.isdecimal() or abs(push.now.timestamp() - int(stamp[:12])) > FRESH:
        raise NotGenuine("timestamp")


@dataclass(frozen=True)
class Seal:
    """``receiver`` is the appid or corpid that every push must be for; ``aes_key`` as the console shows it."""

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    receiver: str

    def open(self, push: Push, sealed: str) -> bytes:
        """The pushed words; raises NotGenuine."""
        fields = push.fields
        ours = signature(self.token, fields.get("timestamp", ""), fields.get("nonce", ""), sealed)
        if not same(ours, fields.get("msg_signature", "")):
            raise NotGenuine("msg_signature")
        return self._unseal(sealed)

    def _unseal(self, sealed: str) -> bytes:
        key = base64.b64decode(f"{self.aes_key}=")
        try:
            locked = base64.b64decode(sealed, validate=True)
            opening = Cipher(AES(key), CBC(key[:16])).decryptor()
            text = opening.update(locked) + opening.finalize()
        except (binascii.Error, ValueError) as problem:
            raise NotGenuine("sealed") from problem
        padding = text[-1] if text else 0
        if not 1 <= padding <= BLOCK or text[-padding:] != bytes([padding]) * padding:
            raise NotGenuine("padding")
        text = text[16:-padding]
        length = int.from_bytes(text[:4])
        words, receiver = text[4 : 4 + length], text[4 + length :]
        if not hmac.compare_digest(receiver, self.receiver.encode()):
            raise NotGenuine("receiver")
        return words

"""Secrets of others, sealed before they are stored (AES-256-GCM, NIST SP 800-38D)."""

import base64
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from transload.errors import InvalidError

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = "v1."


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals texts with the installation's key, and opens them again.

    `owner` names the thing that a secret is part of: under another's name it does not open.
    """

    key: bytes = field(repr=False)

    def seal(self, text: str, owner: str) -> str:
        """Give the text in a form that says nothing without the key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(self.key).encrypt(nonce, text.encode(), owner.encode())
        return _VERSION + base64.b64encode(sealed).decode()

    def open(self, sealed: str, owner: str) -> str:
        """Give the text again; raise InvalidError where this installation cannot."""
        raw = base64.b64decode(sealed.removeprefix(_VERSION))
        nonce, content = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, content, owner.encode()).decode()
        except InvalidTag as error:
            raise InvalidError(
                "What was kept secret cannot be read any more, for the installation's key is "
                "another one: give it anew.",
                is_whole=True,
            ) from error

"""The installation's secrets: made once, kept in the database, the same on all its machines."""

import secrets
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from transload.accounts import store
from transload.db.engine import Database
from transload.sealing import KEY_BYTES

_TOKEN_KEY = "token"  # noqa: S105 - a key's name
_LINK_KEY = "link"
_LINK_KEY_BYTES = 32
_SEALING_KEY = "sealing"


def token_key(database: Database, now: datetime) -> Ed25519PrivateKey:
    """Give the key that signs tokens; the first call of an installation makes it."""
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    key = load_pem_private_key(_get_or_add(database, _TOKEN_KEY, pem, now), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("The stored token key is not an Ed25519 key.")
    return key


def link_key(database: Database, now: datetime) -> bytes:
    """Give the secret that signs download links; the first call of an installation makes it."""
    return _get_or_add(database, _LINK_KEY, secrets.token_bytes(_LINK_KEY_BYTES), now)


def sealing_key(database: Database, given: str, now: datetime) -> bytes:
    """Give the key that seals others' secrets: made of the setting, or kept in the database."""
    if not given:
        return _get_or_add(database, _SEALING_KEY, secrets.token_bytes(KEY_BYTES), now)
    derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"transload sealing")
    return derive.derive(given.encode())


def _get_or_add(database: Database, name: str, candidate: bytes, now: datetime) -> bytes:
    with database.read() as connection:
        found = store.find_key(connection, name)
    if found is not None:
        return found
    with database.write() as connection:
        store.add_key(connection, name, candidate, now)
        return store.get_key(connection, name)

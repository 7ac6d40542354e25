"""Files into a bucket: each is seen there when it is whole, and not before."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from transload.errors import InvalidError
from transload.outgoing import Outgoing
from transload.schedules.destinations.model import Bucket, Look, Shipment, UndeliveredError
from transload.schedules.destinations.tunnel import tunnel_to

if TYPE_CHECKING:
    from obstore.store import S3Credential  # there is none when it runs

_PART_BYTES = 8 << 20
_PARTS_AT_ONCE = 3
_RETRIES = 3
_UNTRUSTED = "InvalidCertificate"  # as the library tells it, below its first line
_PORTS = {"https": 443, "http": 80}


def check(destination: Bucket, outgoing: Outgoing) -> None:
    """Raise InvalidError for an address that nothing is sent to, as far as the text alone tells."""
    outgoing.parsed(destination.address)
    if not destination.secret_access_key:
        raise InvalidError("The destination field needs a secretAccessKey.")


def send(destination: Bucket, shipment: Shipment, outgoing: Outgoing, look: Look) -> None:
    """Upload the files under their names; those that are there under these names are replaced.

    Raises InvalidError where the address is refused, UndeliveredError where the bucket does not
    take them.
    """
    url = outgoing.parsed(destination.address)
    host, port = str(url.hostname), url.port or _PORTS[url.scheme]
    address = outgoing.address_of(host, port, destination.address)
    with tunnel_to(address, port, outgoing.seconds) as proxy:
        store = _opened(destination, proxy, is_secure=url.scheme == "https")
        for parcel in shipment.parcels:
            key = "/".join(filter(None, [destination.prefix.strip("/"), parcel.name]))
            parts = _Parts(parcel.path, look)
            try:
                obstore.put(
                    store,
                    key,
                    iter(parts),
                    attributes={"Content-Type": parcel.media_type},
                    chunk_size=_PART_BYTES,
                    max_concurrency=_PARTS_AT_ONCE,
                )
                size = obstore.head(store, key)["size"]
            except Exception as error:
                if parts.stopped_by is not None:
                    raise parts.stopped_by from error
                raise _undelivered(destination, error) from error
            if size != parcel.size:
                raise UndeliveredError("The bucket has not kept a file whole.")


class _Parts:
    """The bytes of a file, and what ended the reading of them, if anything did."""

    def __init__(self, path: Path, look: Look) -> None:
        self._path = path
        self._look = look
        self.stopped_by: BaseException | None = None

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while part := file.read(_PART_BYTES):
                try:
                    self._look()
                except BaseException as error:
                    self.stopped_by = error
                    raise
                yield part


def _opened(destination: Bucket, proxy: str, *, is_secure: bool) -> S3Store:
    def credential() -> "S3Credential":
        # Given so, nothing of the keys in this process's environment goes along.
        return {
            "access_key_id": destination.access_key_id,
            "secret_access_key": destination.secret_access_key,
            "token": None,
            "expires_at": None,
        }

    return S3Store(
        destination.bucket,
        endpoint=destination.address,
        region=destination.region,
        virtual_hosted_style_request=False,
        credential_provider=credential,
        client_options={
            "proxy_url": proxy,
            "allow_http": not is_secure,
            "connect_timeout": timedelta(seconds=10),
            "timeout": timedelta(minutes=5),
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=30)},
    )


def _undelivered(destination: Bucket, error: Exception) -> Exception:
    named = destination.place
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        return UndeliveredError(f"The bucket {named} refuses the key: {_reason(error)}.")
    if isinstance(error, FileNotFoundError):
        return UndeliveredError(f"There is no bucket {named}.")
    if _UNTRUSTED in str(error):
        return UndeliveredError(f"{destination.address} has no certificate that is trusted.")
    if isinstance(error, BaseError):
        return UndeliveredError(f"The bucket {named} does not take files: {_reason(error)}.")
    return error


def _reason(error: Exception) -> str:
    """Give the first line of what the library says, which holds no secret."""
    return str(error).partition("\n")[0][:200].rstrip(".")

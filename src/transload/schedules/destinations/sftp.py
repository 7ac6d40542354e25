"""Files into a folder of an SFTP server: written aside, looked at, and renamed into their place."""

import asyncio
from contextlib import suppress

import asyncssh

from transload.errors import InvalidError
from transload.outgoing import Outgoing
from transload.schedules.destinations.model import Look, Parcel, Sftp, Shipment, UndeliveredError

_PART_BYTES = 256 << 10
_SECONDS = 20
_KEEPALIVE_SECONDS = 15
_FINGERPRINT = "sha256"


def check(destination: Sftp) -> None:
    """Raise InvalidError for what nobody can sign in with."""
    if not (destination.password or destination.private_key):
        raise InvalidError("The destination field needs a password or a privateKey.")
    if destination.private_key:
        try:
            asyncssh.import_private_key(destination.private_key)
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise InvalidError(
                "The privateKey field must be a private key without a passphrase, as ssh-keygen "
                "writes it."
            ) from error


def send(destination: Sftp, shipment: Shipment, outgoing: Outgoing, look: Look) -> None:
    """Write the files into the folder; those that are there under these names are replaced.

    Raises InvalidError where the address is refused, UndeliveredError where the server does not
    take them.
    """
    asyncio.run(_send(destination, shipment, outgoing, look))


async def _send(destination: Sftp, shipment: Shipment, outgoing: Outgoing, look: Look) -> None:
    host, port = destination.host, destination.port
    connected = await asyncio.to_thread(outgoing.connected, host, port, destination.place)
    server = _Server(destination)
    try:
        async with (
            asyncssh.connect(
                host,
                port,
                sock=connected,
                client_factory=lambda: server,
                known_hosts=([], [], []),  # so that the server's key is looked at below
                config=None,
                username=destination.user,
                password=destination.password or None,
                client_keys=_keys(destination),
                agent_path=None,
                login_timeout=_SECONDS,
                connect_timeout=_SECONDS,
                keepalive_interval=_KEEPALIVE_SECONDS,
                keepalive_count_max=4,
            ) as connection,
            connection.start_sftp_client() as sftp,
        ):
            for parcel in shipment.parcels:
                await _write(sftp, destination, shipment.run_id, parcel, look)
    except asyncssh.HostKeyNotVerifiable as error:
        raise UndeliveredError(server.refusal) from error
    except asyncssh.PermissionDenied as error:
        raise UndeliveredError(f"{host} does not let {destination.user} in.") from error
    except asyncssh.SFTPError as error:
        raise UndeliveredError(f"{destination.place}: {_line(error.reason)}.") from error
    except (asyncssh.Error, OSError) as error:
        raise UndeliveredError(f"{host} broke off: {_line(str(error))}.") from error
    finally:
        connected.close()


async def _write(
    sftp: asyncssh.SFTPClient, destination: Sftp, run_id: str, parcel: Parcel, look: Look
) -> None:
    folder = destination.folder.rstrip("/") + "/" if destination.folder else ""
    place, aside = f"{folder}{parcel.name}", f"{folder}.{parcel.name}.{run_id}.part"
    try:
        async with sftp.open(aside, "wb") as remote:
            with parcel.path.open("rb") as file:
                while part := file.read(_PART_BYTES):
                    look()
                    await remote.write(part)
        _require_whole(destination, (await sftp.stat(aside)).size, parcel)
        await _rename(sftp, aside, place)
    except BaseException:
        with suppress(asyncssh.Error, OSError):
            await sftp.remove(aside)
        raise


def _require_whole(destination: Sftp, size: int | None, parcel: Parcel) -> None:
    if size != parcel.size:
        raise UndeliveredError(f"{destination.host} has not kept a file whole.")


async def _rename(sftp: asyncssh.SFTPClient, aside: str, place: str) -> None:
    """Put a file into its place, over one that an earlier attempt has left there."""
    try:
        await sftp.posix_rename(aside, place)
    except asyncssh.SFTPOpUnsupported:
        with suppress(asyncssh.SFTPNoSuchFile):
            await sftp.remove(place)
        await sftp.rename(aside, place)


def _keys(destination: Sftp) -> list[asyncssh.SSHKey]:
    if not destination.private_key:
        return []
    return [asyncssh.import_private_key(destination.private_key)]


class _Server(asyncssh.SSHClient):
    """Looks at the key that a server shows."""

    def __init__(self, destination: Sftp) -> None:
        self._expected = destination.host_key
        self._host = destination.host
        self.refusal = f"{destination.host} shows no key."

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        del host, addr, port
        shown = key.get_fingerprint(_FINGERPRINT)
        if self._expected:
            self.refusal = (
                f"{self._host} shows another key than the one that is known: {shown}. If the "
                "server has a new one, put it into hostKey."
            )
        else:
            self.refusal = (
                f"{self._host} shows the key {shown}: if it is the right one, put it into hostKey."
            )
        return shown == self._expected


def _line(text: str) -> str:
    return " ".join(text.split())[:200].rstrip(".")

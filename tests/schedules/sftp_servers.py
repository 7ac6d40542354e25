"""A real SFTP server, in this process, over a folder."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

USER, PASSWORD = "transload", "an SFTP server's password"


@dataclass(frozen=True)
class SftpPlace:
    """Where the server is, the fingerprint of its key, and a key that lets in."""

    port: int
    host_key: str
    user_key: asyncssh.SSHKey
    folder: Path


class _Server(asyncssh.SSHServer):
    def __init__(self, known: asyncssh.SSHKey) -> None:
        self._known = known

    def begin_auth(self, username: str) -> bool:
        return bool(username)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return (username, key.public_data) == (USER, self._known.public_data)


@contextmanager
def sftp_server(folder: Path) -> Iterator[SftpPlace]:
    """Serve a folder to the one user until the end of the block."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    user_key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def sftp(channel: "asyncssh.SSHServerChannel[bytes]") -> asyncssh.SFTPServer:
        return asyncssh.SFTPServer(channel, chroot=str(folder).encode())

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Server(user_key),
            server_host_keys=[key],
            sftp_factory=sftp,
        )

    async def close(acceptor: asyncssh.SSHAcceptor) -> None:
        acceptor.close()
        await acceptor.wait_closed()

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(30)
    try:
        yield SftpPlace(
            port=acceptor.get_port(),
            host_key=key.get_fingerprint("sha256"),
            user_key=user_key,
            folder=folder,
        )
    finally:
        asyncio.run_coroutine_threadsafe(close(acceptor), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

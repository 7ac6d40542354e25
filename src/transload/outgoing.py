"""Requests to addresses that users name: to the public internet alone, and never for long.

The name is resolved, what it gives is checked, and that very address is connected to, as one step:
a name that answers otherwise the second time gains nothing. Redirects are not followed. See OWASP's
Server-Side Request Forgery Prevention, and the registries of special-purpose addresses (RFC 6890).
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from transload.errors import InvalidError, TransloadError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""Gives the addresses of a host's name."""

_MAX_URL_LENGTH = 2_048
_CHUNK_BYTES = 8_192
_LEAST_SECONDS = 0.001
_PORTS = {"https": 443, "http": 80}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.ip_network("::/96")
_MORE = tuple(  # of the registries, where older versions of the library know less
    ipaddress.ip_network(one)
    for one in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",  # public, but the host of every machine at Azure
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "3fff::/20",
        "5f00::/16",
    )
)
_REFUSED = "The address {url} is not one that requests may be sent to: {reason}."


class UnreachableError(TransloadError):
    """The request came to nothing: no connection, no answer in time, or none that is HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: the start of the body where `is_cut`, and how long it all took."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    seconds: float


def resolve_by_system(host: str, port: int) -> list[str]:
    """Give the addresses that the system's resolver knows, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Sends requests. `seconds` is for all of one, from the name to the last byte of the answer."""

    allows_http: bool = False
    allows_private: bool = False
    seconds: float = 10
    max_bytes: int = 64 << 10
    resolve: Resolve = resolve_by_system

    def check(self, url: str) -> None:
        """Raise InvalidError for what is no address to send to, as far as the text alone tells."""
        self.parsed(url)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send a request; give the answer, also a redirect, as it is.

        Raises InvalidError where the address is refused, UnreachableError where nothing comes back.
        """
        started = time.monotonic()
        parsed = self.parsed(url)
        host, port = str(parsed.hostname), parsed.port or _PORTS[parsed.scheme]
        address = self.address_of(host, port, url)
        connection = _Checked(
            host, port, address, is_secure=parsed.scheme == "https", timeout=self.seconds
        )
        watchdog = threading.Timer(
            max(_LEAST_SECONDS, started + self.seconds - time.monotonic()), connection.abort
        )
        watchdog.daemon = True
        watchdog.start()
        try:
            answer = self._exchange(connection, method, parsed, dict(headers or {}), body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            took = time.monotonic() - started
            raise UnreachableError(_why(host, error, took, self.seconds)) from error
        finally:
            watchdog.cancel()
            connection.close()
        status, received, content, is_cut = answer
        return Answer(
            status=status,
            headers=received,
            body=content,
            is_cut=is_cut,
            seconds=time.monotonic() - started,
        )

    def connected(self, host: str, port: int, named: str) -> socket.socket:
        """Connect to a host that a user names, which sentences call `named`.

        Raises InvalidError where the address is refused, UnreachableError where nobody answers.
        """
        address = self.address_of(host, port, named)
        try:
            return socket.create_connection((address, port), self.seconds)
        except OSError as error:
            raise UnreachableError(_why(host, error, 0, self.seconds)) from error

    def address_of(self, host: str, port: int, named: str) -> str:
        """Give the address that a name leads to, which alone may be connected to."""
        try:
            addresses = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise UnreachableError(f"The name {host} leads to no address.") from error
        self._require_allowed(named, addresses)
        return addresses[0]

    def _exchange(
        self,
        connection: "_Checked",
        method: str,
        parsed: SplitResult,
        headers: dict[str, str],
        body: bytes | None,
    ) -> tuple[int, Mapping[str, str], bytes, bool]:
        path = (parsed.path or "/") + (f"?{parsed.query}" if parsed.query else "")
        connection.request(method, path, body=body, headers={**headers, "Connection": "close"})
        parts: list[bytes] = []
        left = self.max_bytes + 1
        with connection.getresponse() as response:
            while left > 0 and (part := response.read1(min(left, _CHUNK_BYTES))):
                parts.append(part)
                left -= len(part)
        if connection.is_aborted:
            raise TimeoutError
        content = b"".join(parts)
        received = {name.lower(): value for name, value in response.getheaders()}
        is_cut = len(content) > self.max_bytes
        return response.status, received, content[: self.max_bytes], is_cut

    def parsed(self, url: str) -> SplitResult:
        """Give the parts of an address; raise InvalidError for what is none to send to."""
        if len(url) > _MAX_URL_LENGTH:
            raise InvalidError(f"An address has at most {_MAX_URL_LENGTH} characters.")
        if not url.isascii() or any(character <= " " or character == "\\" for character in url):
            raise _refused(url, "it holds what an address is written without")
        try:
            parsed = urlsplit(url)
            port = parsed.port
        except ValueError as error:
            raise _refused(url, "it is no address") from error
        schemes = ("https", "http") if self.allows_http else ("https",)
        if parsed.scheme not in schemes:
            raise _refused(url, f"it does not begin with {' or '.join(schemes)}://")
        if not parsed.hostname or port == 0:
            raise _refused(url, "it names no host")
        if parsed.username is not None or parsed.password is not None:
            raise _refused(url, "it holds a user's name or password")
        return parsed

    def _require_allowed(self, url: str, addresses: list[str]) -> None:
        """Raise InvalidError unless all addresses are public: one that is not is a trap."""
        if not addresses:
            raise UnreachableError(f"The name in {url} leads to no address.")
        if self.allows_private:
            return
        if not all(is_public(ipaddress.ip_address(one.partition("%")[0])) for one in addresses):
            raise _refused(url, "it leads into a private network")


def is_public(address: IPAddress) -> bool:
    """Tell whether an address, and each that is wrapped in it, is of the public internet."""
    inner = _wrapped(address)
    if inner is not None:
        return is_public(inner)
    is_special = address.is_multicast or any(address in network for network in _MORE)
    return address.is_global and not is_special


def _wrapped(address: IPAddress) -> IPAddress | None:
    """Give the IPv4 address that gateways make of an IPv6 one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _V4_COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class _Checked(http.client.HTTPConnection):
    """A connection to an address that was checked, under the name that it was found by."""

    def __init__(
        self, host: str, port: int, address: str, *, is_secure: bool, timeout: float
    ) -> None:
        super().__init__(host, port, timeout=timeout)
        self.default_port = _PORTS["https" if is_secure else "http"]
        self._address = address
        self._is_secure = is_secure
        self.is_aborted = False

    def connect(self) -> None:
        """Connect to the address, whatever its name leads to by now."""
        self.sock: Any = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)

    def abort(self) -> None:
        """Break off whatever it waits for; called from another thread."""
        self.is_aborted = True
        found = self.sock
        if found is not None:
            try:
                found.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already


def _why(host: str, error: BaseException, took: float, seconds: float) -> str:
    if isinstance(error, TimeoutError) or took >= seconds:
        return f"{host} gave no whole answer within {seconds:g} seconds."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{host} has no certificate that is trusted: {error.verify_message}."
    if isinstance(error, ConnectionRefusedError):
        return f"{host} takes no connections."
    return f"{host} broke off, or did not answer as a web server does."


def _refused(url: str, reason: str) -> InvalidError:
    return InvalidError(_REFUSED.format(url=url[:200], reason=reason))

"""Download links: signed, expiring, and good for one file only."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSigner:
    """Signs and checks links with the installation's secret (HMAC-SHA-256)."""

    secret: bytes
    lifetime: timedelta

    def sign(self, base_url: str, file_name: str, now: datetime, not_after: datetime) -> str:
        """Give a link to the file that works for the lifetime, and never past `not_after`."""
        expires = str(int(min(now + self.lifetime, not_after).timestamp()))
        query = urlencode({"expires": expires, "signature": self._signature(file_name, expires)})
        return f"{base_url}/files/{quote(file_name)}?{query}"

    def is_genuine(self, file_name: str, expires: str, signature: str) -> bool:
        """Tell whether this installation gave out such a link, still working or not."""
        genuine = self._signature(file_name, expires)
        return hmac.compare_digest(genuine.encode(), signature.encode())

    def has_expired(self, expires: str, now: datetime) -> bool:
        """Tell whether a genuine link has stopped working."""
        return now.timestamp() >= int(expires)

    def _signature(self, file_name: str, expires: str) -> str:
        message = f"{file_name}\n{expires}".encode()
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()

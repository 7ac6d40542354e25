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

    def sign(
        self,
        base_url: str,
        file_name: str,
        now: datetime,
        not_after: datetime,
        given_to: str = "",
    ) -> str:
        """Give a link to the file that works for the lifetime, and never past `not_after`.

        It names the user that it is given to, if any: it works for as long as they may have it.
        """
        expires = str(int(min(now + self.lifetime, not_after).timestamp()))
        query = {"expires": expires, **({"user": given_to} if given_to else {})}
        query["signature"] = self._signature(file_name, expires, given_to)
        return f"{base_url}/files/{quote(file_name)}?{urlencode(query)}"

    def is_genuine(self, file_name: str, expires: str, signature: str, given_to: str = "") -> bool:
        """Tell whether this installation gave out such a link, still working or not."""
        genuine = self._signature(file_name, expires, given_to)
        return hmac.compare_digest(genuine.encode(), signature.encode())

    def has_expired(self, expires: str, now: datetime) -> bool:
        """Tell whether a genuine link has stopped working."""
        return now.timestamp() >= int(expires)

    def _signature(self, file_name: str, expires: str, given_to: str) -> str:
        message = "\n".join([file_name, expires, *([given_to] if given_to else [])]).encode()
        return hmac.new(self.secret, message, hashlib.sha256).hexdigest()

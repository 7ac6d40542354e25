"""Every setting: its name, default, unit and meaning."""

import os
from collections.abc import Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from transload.errors import StartupError
from transload.telemetry.logs import LogFormat

PREFIX = "TRANSLOAD_"

_OF_OTHERS = tuple(f"{PREFIX}{name}" for name in ("TEST_", "TOKEN", "URL"))
_OF_CLIENT = (f"{PREFIX}URL", f"{PREFIX}TOKEN")

Count = Annotated[int, Field(ge=1)]


class SmtpSecurity(StrEnum):
    """How the way to a mail server is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def checked_url(text: str) -> str:
    """Give an address without the slash at its end, or no text as it is.

    Raises ValueError for what is not `http` or `https` to a host, or has a query.
    """
    if not text:
        return text
    try:
        url = urlsplit(text)
        is_url = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        is_url = False
    if not is_url or url.query or url.fragment or any(map(str.isspace, text)):
        raise ValueError("must be of the form https://host, with a port and a path at most")
    return text.rstrip("/")


PublicUrl = Annotated[str, AfterValidator(checked_url)]


class Settings(BaseSettings):
    """The settings of one process, read from `TRANSLOAD_<NAME>` and overridden by flags."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(
        default=Path("transload-data"),
        description="Folder of the embedded database, the files and unfinished work.",
    )
    database_url: str = Field(
        default="",
        description=(
            "`postgresql://...` of a PostgreSQL 15 or newer. Empty: SQLite in `DATA_DIR`."
        ),
    )
    files_url: str = Field(
        default="",
        description=(
            "Where finished files are kept, as `file:///path`, `s3://bucket/prefix`, `gs://...` or "
            "`az://...`. Empty: `DATA_DIR/files`."
        ),
    )
    public_url: PublicUrl = Field(
        default="",
        description=(
            "Address that clients use, with which the links in answers start. Empty: the host "
            "that the request named."
        ),
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on.")
    rate_limit: int = Field(
        default=100,
        ge=0,
        description=(
            "Requests a second that one organization may send, over all machines. 0: no limit."
        ),
    )
    cors_origins: str = Field(
        default="*",
        description=(
            "Origins whose pages may call the API, with commas between them. Empty: none."
        ),
    )
    direct_exports: Count = Field(
        default=2,
        description=(
            "Direct exports that one process runs at the same time, and as many again of at most "
            "1,000 records or tasks. One organization has all of them but one; a request beyond "
            "is told to wait."
        ),
    )
    background_exports: Count = Field(
        default=2,
        description="Background exports that one process runs at the same time; more are queued.",
    )
    organization_exports: int = Field(
        default=0,
        ge=0,
        description=(
            "Background exports that one organization has running at the same time, over all "
            "machines. 0: one less than `BACKGROUND_EXPORTS`."
        ),
    )
    link_hours: Count = Field(default=24, description="Hours that a download link works.")
    store_links: bool = Field(
        default=False,
        description="Download links lead to the bucket itself and not to the service.",
    )
    max_import_mib: Count = Field(
        default=20,
        description="MiB that a file to import may have.",
    )
    max_body_mib: Count = Field(
        default=64,
        description="MiB that the body of a request may have; most routes take less.",
    )
    request_memory_mib: Count = Field(
        default=512,
        description=(
            "MiB that the requests of one process may hold together, in bodies and in answers; one "
            "organization has half of it."
        ),
    )
    least_rate_kib: int = Field(
        default=4,
        ge=0,
        description=(
            "KiB a second that a client must send of a body, or take of an answer, over 30 seconds."
        ),
    )
    read_seconds: int = Field(
        default=30,
        ge=0,
        description=(
            "Seconds that a request may read the store for at a time; exports may take longer. "
            "0: any number."
        ),
    )
    idle_connections: Count = Field(
        default=256,
        description="Connections without a request that one address may keep open.",
    )
    audit_days: Count = Field(
        default=365, description="Days for which events of the audit trail are kept."
    )
    send_to_http: bool = Field(
        default=False,
        description=(
            "Addresses that users name (webhooks, other systems' records, destinations of "
            "schedules) may begin with `http://`, unencrypted."
        ),
    )
    send_to_private: bool = Field(
        default=False,
        description=(
            "Addresses that users name may lead into private networks and to this machine."
        ),
    )
    schedule_minutes: Count = Field(
        default=15,
        description="Least number of minutes between two runs of one schedule of exports.",
    )
    secrets_key: str = Field(
        default="",
        repr=False,
        pattern="^(.{32,})?$",
        description=(
            "Text of 32 characters or more that encrypts the secrets of schedules and webhooks, "
            "the same on all machines. Empty: the key is in the database, and whoever can read "
            "that can read the secrets."
        ),
    )
    passwords: bool = Field(
        default=True,
        description=(
            "People may sign in by password. `false`: by single sign-on and by links alone."
        ),
    )
    oidc_issuer: str = Field(
        default="",
        description=(
            "Identity provider for single sign-on by OpenID Connect, as it names itself: "
            "`https://...`. Empty: no single sign-on."
        ),
    )
    oidc_client_id: str = Field(
        default="",
        description="Id of this service at the identity provider.",
    )
    oidc_client_secret: str = Field(
        default="",
        repr=False,
        description="Secret of this service at the identity provider. Empty: none.",
    )
    oidc_name: str = Field(
        default="single sign-on",
        description="Name of the identity provider on the sign-in page.",
    )
    oidc_scopes: str = Field(
        default="openid email profile",
        description="Scopes that the identity provider is asked for.",
    )
    oidc_domains: str = Field(
        default="",
        description="Domains of e-mails that are let in, with commas between them. Empty: all.",
    )
    oidc_claim: str = Field(
        default="",
        description=(
            "Claim that a person must have to be let in, as `groups=transload`: its value is that"
            " text, or a list that has it. Empty: none."
        ),
    )
    oidc_trust_emails: bool = Field(
        default=False,
        description=(
            "E-mails count although the identity provider does not say that it has verified them."
            " For providers that know one company's people alone."
        ),
    )
    oidc_organization: str = Field(
        default="",
        description=(
            "Organization, by name or id, in which a user is made for a person who signs in the "
            "first time. Empty: admins alone make users."
        ),
    )
    oidc_role: str = Field(
        default="field",
        description="Role of a user that is made at the first sign-in.",
    )
    smtp_host: str = Field(
        default="",
        description="Mail server that takes the service's mails. Empty: none are sent.",
    )
    smtp_port: int = Field(
        default=587,
        ge=1,
        le=65535,
        description="Port of the mail server.",
    )
    smtp_security: SmtpSecurity = Field(
        default=SmtpSecurity.STARTTLS,
        description=(
            "Encryption of the connection to the mail server: `starttls`, `tls` from the start "
            "(often port 465), or `none`."
        ),
    )
    smtp_user: str = Field(
        default="",
        description="User name at the mail server. Empty: none.",
    )
    smtp_password: str = Field(
        default="",
        repr=False,
        description="Password at the mail server.",
    )
    mail_from: str = Field(
        default="",
        description="Sender of mails, as `ada@acme.example` or `Acme <ada@acme.example>`.",
    )
    mail_after_seconds: int = Field(
        default=60,
        ge=0,
        description=(
            "Users are told by mail of the end of background exports and imports that took at "
            "least so many seconds; of exports of tasks always."
        ),
    )
    debug: bool = Field(
        default=False,
        description="The answer to an internal error names file and line.",
    )
    log_level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        description="Least severe event that is logged: `debug`, `info`, `warning` or `error`.",
    )
    log_format: LogFormat = Field(
        default=LogFormat.TEXT,
        description="Lines of the log: `text` for people, `json` for programs.",
    )
    metrics_token: str = Field(
        default="",
        repr=False,
        description=(
            "Bearer token that `/metrics` asks for. Empty: only programs on this machine are "
            "served, and nobody where `PUBLIC_URL` is set."
        ),
    )

    @property
    def is_embedded(self) -> bool:
        """The store is SQLite in the data folder."""
        return not self.database_url

    @property
    def database_file(self) -> Path:
        """The embedded database."""
        return self.data_dir / "transload.db"

    @property
    def files_dir(self) -> Path:
        """The local folder of finished files."""
        if not self.files_url:
            return self.data_dir / "files"
        url = urlsplit(self.files_url)
        if url.scheme != "file" or url.netloc:
            raise StartupError(
                f"{PREFIX}FILES_URL must be of the form file:///path, or for a bucket "
                f"s3://bucket/prefix (gs:, az:), not {self.files_url}."
            )
        return Path(url2pathname(url.path))


def unknown_variables() -> list[str]:
    """Give a sentence for each variable of the environment that looks like a setting and is none.

    Those of programs beside the service are passed over: `TRANSLOAD_TEST_...`, and `TRANSLOAD_URL`
    and `TRANSLOAD_TOKEN` of its client.
    """
    names = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    known = {*names, *_OF_CLIENT}
    unknown = sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name not in known and not name.startswith(_OF_OTHERS)
    )
    return [f"{name} is no setting and changes nothing.{_hint(name, names)}" for name in unknown]


def _hint(name: str, names: Sequence[str]) -> str:
    likest = get_close_matches(name, names, 1)
    return f" Did you mean {likest[0]}?" if likest else ""


def load(**flags: Any) -> Settings:  # noqa: ANN401 - typer's values; pydantic checks each
    """Give the settings of the environment, each overridden by a flag that is not None.

    Raises StartupError naming every setting that has a wrong value.
    """
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        faults = "; ".join(
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise StartupError(f"A setting has a wrong value: {faults}.") from error

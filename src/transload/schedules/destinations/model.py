"""What users say of where files go, what of it is secret, and how each place is called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter

from transload.errors import TransloadError
from transload.web.parameters import Flag, Parameters, Whole

_SHORT, _LONG = 255, 2_048
_KEY = 16_384


class Bucket(Parameters):
    """A prefix of a bucket of S3, or of what speaks like it."""

    SECRETS: ClassVar[Sequence[str]] = ("secret_access_key",)

    kind: Literal["bucket"]
    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.\-_]{1,62}$", examples=["reports"])
    prefix: str = Field("", max_length=_SHORT, description="Folder in it.", examples=["outlets"])
    region: str = Field("us-east-1", pattern=r"^[a-z0-9-]{1,40}$")
    endpoint: str = Field(
        "",
        max_length=_LONG,
        description="Address of the service; empty: Amazon's, of the region.",
        examples=["https://s3.example.com"],
    )
    access_key_id: str = Field(alias="accessKeyId", min_length=1, max_length=_SHORT)
    secret_access_key: str = Field("", alias="secretAccessKey", max_length=_SHORT, repr=False)

    @property
    def address(self) -> str:
        """Where requests go."""
        return (self.endpoint or f"https://s3.{self.region}.amazonaws.com").rstrip("/")

    @property
    def receiver(self) -> object:
        """Who is shown the secret."""
        return self.address, self.access_key_id

    @property
    def place(self) -> str:
        """What people call it."""
        return f"{self.address}/{self.bucket}/{self.prefix.strip('/')}".rstrip("/")


class Sftp(Parameters):
    """A folder of a server, by SFTP."""

    SECRETS: ClassVar[Sequence[str]] = ("password", "private_key")

    kind: Literal["sftp"]
    host: str = Field(
        pattern=r"^[A-Za-z0-9.\-:]{1,255}$", description="Name or address of the server."
    )
    port: Whole = Field(22, ge=1, le=65_535)
    user: str = Field(min_length=1, max_length=_SHORT)
    folder: str = Field("", max_length=_LONG, description="It must be there already.")
    host_key: str = Field(
        "",
        alias="hostKey",
        pattern=r"^(SHA256:[A-Za-z0-9+/]{43})?$",
        description=(
            "The SHA-256 fingerprint of the server's key, as ssh shows it. Left out, runs fail and "
            "name the one that the server shows."
        ),
        examples=["SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8"],
    )
    password: str = Field("", max_length=_LONG, repr=False)
    private_key: str = Field("", alias="privateKey", max_length=_KEY, repr=False)

    @property
    def receiver(self) -> object:
        """Who is shown the secret."""
        return self.host, self.port, self.user, self.host_key

    @property
    def place(self) -> str:
        """What people call it."""
        folder = self.folder if self.folder.startswith("/") else f"/~/{self.folder}"
        return f"sftp://{self.user}@{self.host}:{self.port}{folder}".rstrip("/")


class Mailbox(Parameters):
    """Somebody's e-mail address."""

    SECRETS: ClassVar[Sequence[str]] = ()

    kind: Literal["email"]
    email: str = Field(min_length=3, max_length=320, examples=["ada@acme.example"])
    attach: Flag = Field(
        default=False,
        description="Send the files with the mail, up to 10 MiB together; else links to them.",
    )

    @property
    def receiver(self) -> object:
        """Nobody is shown a secret."""
        return None

    @property
    def place(self) -> str:
        """What people call it."""
        return f"mailto:{self.email}"


class Hook(Parameters):
    """An address that is told, by a signed request, where the files are."""

    SECRETS: ClassVar[Sequence[str]] = ("secret",)

    kind: Literal["webhook"]
    url: str = Field(max_length=_LONG, examples=["https://hooks.example.com/exports"])
    secret: str = Field(
        "", max_length=0, repr=False, description="It is made here, and shown once."
    )

    @property
    def receiver(self) -> object:
        """Nobody: what signs is never sent."""
        return None

    @property
    def place(self) -> str:
        """What people call it."""
        return self.url


AnyDestination = Bucket | Sftp | Mailbox | Hook
Destination = Annotated[AnyDestination, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[AnyDestination] = TypeAdapter(Destination)


class UndeliveredError(TransloadError):
    """Files were not taken; where it `is_final`, another attempt would end likewise."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        """Keep the sentence, and whether there is hope."""
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A file to hand over. `name` is what it is called there, `path` where its bytes are here."""

    name: str
    path: Path
    media_type: str
    size: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """The files of one run, what was removed first, and what is told of it."""

    run_id: str
    name: str
    parcels: Sequence[Parcel]
    facts: Mapping[str, Any]
    sentences: Sequence[str]


Look = Callable[[], object]
"""What is called again and again while files are sent; it raises where nobody wants them sent."""


def parted(destination: AnyDestination) -> tuple[dict[str, Any], dict[str, str]]:
    """Give what may be seen of a destination, and its secrets, both as they are stored."""
    hidden = set(destination.SECRETS)
    secrets = {name: getattr(destination, name) for name in sorted(hidden)}
    return destination.model_dump(by_alias=True, exclude=hidden), secrets


def joined(seen: Mapping[str, Any], secrets: Mapping[str, str]) -> AnyDestination:
    """Give a destination with its secrets again."""
    return _ADAPTER.validate_python(seen).model_copy(update=dict(secrets))

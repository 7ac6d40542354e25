"""Files in a bucket: S3 and what speaks like it, Google Cloud Storage, Azure."""

import logging
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import AzureStore, GCSStore, ObjectStore, S3Store, from_url

from transload.errors import StartupError, UnavailableError
from transload.files.model import StagedFile, StoredObject
from transload.files.scratch import Scratch
from transload.lasting import LastingFault, reason_of

SCHEMES = frozenset({"s3", "gs", "az"})
_PART_BYTES = 8 << 20
_PARTS_AT_ONCE = 3
_RETRY_AFTER_SECONDS = 10
_RETRYING = timedelta(seconds=15)
_CONNECTING = timedelta(seconds=5)
_ATTRIBUTES = {"Content-Disposition": "attachment", "Cache-Control": "no-store"}
# Where a machine of a cloud is asked for credentials, when the environment has none.
_MACHINES_CREDENTIALS = "169.254.169.254"
_log = logging.getLogger(__name__)


class ObjectFiles:
    """Files under one prefix of a bucket; what is being written lies in a local folder.

    With `gives_links` the store itself serves the files, by links that it signs.
    """

    def __init__(self, url: str, scratch_dir: Path, *, gives_links: bool = False) -> None:
        """Open `s3://bucket/prefix`, `gs://...` or `az://...`; the environment has the keys.

        Raises StartupError for a bucket that is not there or may not be used. One that is out of
        reach at the moment is no error: it may come back.
        """
        self._url = url
        self._store = _opened(url)
        self._scratch = Scratch(scratch_dir)
        self._gives_links = gives_links
        self._away = LastingFault(_log)
        self._check()

    @property
    def scratch_dir(self) -> Path:
        """A local folder: what is written to is seekable, which no bucket is."""
        return self._scratch.folder

    def stage(self) -> AbstractContextManager[StagedFile]:
        """Open a seekable file for writing; it is gone after the block."""
        return self._scratch.stage()

    def stage_folder(self) -> AbstractContextManager[Path]:
        """Make a folder to write in, which is gone after the block."""
        return self._scratch.stage_folder()

    def publish(self, staged: StagedFile, key: str) -> int:
        """Upload the staged file, in parts of 8 MiB; give its size in bytes.

        The store shows it when it is whole, and not before. A file that had the key is replaced.
        """
        staged.stream.flush()
        size = staged.path.stat().st_size
        with self._within_reach():
            obstore.put(
                self._store,
                key,
                staged.path,
                attributes=_ATTRIBUTES,
                chunk_size=_PART_BYTES,
                max_concurrency=_PARTS_AT_ONCE,
            )
            stored = obstore.head(self._store, key)["size"]
        if stored != size:
            raise UnavailableError(
                "The store of files has not kept a file whole.",
                retry_after_seconds=_RETRY_AFTER_SECONDS,
            )
        return size

    def find(self, key: str) -> StoredObject | None:
        """Give a published file."""
        with self._within_reach(), suppress(FileNotFoundError):
            found = obstore.head(self._store, key)
            return StoredObject(
                store=self._store, key=key, size=found["size"], modified=found["last_modified"]
            )
        return None

    def link(self, key: str, lifetime: timedelta) -> str | None:
        """Give a link that the store has signed, if it is the store that serves the files."""
        if not self._gives_links or not isinstance(self._store, S3Store | GCSStore | AzureStore):
            return None
        with self._within_reach():
            return obstore.sign(self._store, "GET", key, lifetime)

    def remove(self, key: str) -> None:
        """Remove a published file, if there is one."""
        with self._within_reach(), suppress(FileNotFoundError):
            obstore.delete(self._store, key)

    def iterate(self) -> Iterator[str]:
        """Give the keys of all published files; what changes meanwhile may be among them or not."""
        with self._within_reach():
            for part in obstore.list(self._store):
                for found in part:
                    yield found["path"]

    def discard_unfinished(self) -> None:
        """Remove what processes that were killed left behind on this machine."""
        self._scratch.discard()

    @contextmanager
    def _within_reach(self) -> Iterator[None]:
        try:
            yield
            self._away.end("The store of files %s is within reach again", self._url)
        except BaseError as error:
            self._away.begin("The store of files %s fails: %s", self._url, reason_of(error))
            raise UnavailableError(
                "The store of files is out of reach for the moment; try again.",
                retry_after_seconds=_RETRY_AFTER_SECONDS,
            ) from error

    def _check(self) -> None:
        """Look for a file that is not there: who may use the bucket is told just that."""
        try:
            obstore.head(self._store, "none")
        except FileNotFoundError:
            self._require_bucket()
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise StartupError(
                f"The store of files {self._url} refuses the credentials of the environment."
            ) from error
        except BaseError as error:
            if _MACHINES_CREDENTIALS in str(error):
                raise StartupError(
                    f"There are no credentials for the store of files {self._url}: neither the "
                    "environment nor this machine has any."
                ) from error
            reason = reason_of(error)
            self._away.begin("The store of files %s cannot be reached yet: %s", self._url, reason)

    def _require_bucket(self) -> None:
        try:
            next(iter(obstore.list(self._store, chunk_size=1)), None)
        except FileNotFoundError as error:
            raise StartupError(f"There is no bucket {self._url}.") from error
        except BaseError as error:
            raise StartupError(
                f"The files of {self._url} cannot be listed: is there such a bucket?"
            ) from error


def _opened(url: str) -> ObjectStore:
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT") or ""
    try:
        return from_url(
            url,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": _CONNECTING,
            },
            retry_config={"max_retries": 10, "retry_timeout": _RETRYING},
        )
    except (BaseError, ValueError) as error:
        raise StartupError(
            f"TRANSLOAD_FILES_URL={url} is not usable: {reason_of(error)}."
        ) from error

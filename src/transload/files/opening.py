"""From a URL to the store that it names."""

from pathlib import Path
from urllib.parse import urlsplit

from transload.errors import StartupError
from transload.files.local import LocalFiles
from transload.files.model import Files
from transload.files.objects import SCHEMES, ObjectFiles
from transload.settings import Settings


def open_files(settings: Settings) -> Files:
    """Open the store that the settings name; raise StartupError for one that cannot be used."""
    if urlsplit(settings.files_url).scheme not in SCHEMES:
        if settings.store_links:
            raise StartupError(
                "TRANSLOAD_STORE_LINKS needs a bucket in TRANSLOAD_FILES_URL: a folder has no "
                "links of its own."
            )
        return _in_folder(settings.files_dir)
    scratch_dir: Path = settings.data_dir / "unfinished"
    return ObjectFiles(settings.files_url, scratch_dir, gives_links=settings.store_links)


def _in_folder(folder: Path) -> Files:
    try:
        return LocalFiles(folder)
    except OSError as error:
        raise StartupError(
            f"The folder of files {folder.resolve()} cannot be written ({error.strerror}): give it "
            "to the user that runs Transload, or name another in TRANSLOAD_FILES_URL."
        ) from error

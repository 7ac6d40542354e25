"""Compound files (OLE2): old workbooks, and new ones that are encrypted.

Excel encrypts a workbook whose structure alone is protected with a password that every program
knows, so that nobody is asked for it: [MS-OFFCRYPTO], 2.3.2, and LibreOffice do so. Such a file is
read; one with a password of its own is refused.
"""

from pathlib import Path

from transload.formats.reading.archives import DAMAGED, PASSWORD
from transload.formats.reading.kinds import OLE
from transload.formats.reading.model import Cause, UnreadableError

_PASSWORD_OF_ALL = "VelvetSweatshop"  # noqa: S105 - everybody knows it
_WORKBOOKS = ("Workbook", "Book")


def opened_file(source: Path, plain: Path) -> Path:
    """Give the file to read: the source itself, or `plain` with what was encrypted in it.

    Raises UnreadableError for a password, and for what is no workbook.
    """
    with source.open("rb") as file:
        if file.read(len(OLE)) != OLE:
            return source
    # Imported where they are needed: they take as long as all else.
    import msoffcrypto  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no types
    import olefile  # type: ignore[import-untyped]  # noqa: PLC0415 - likewise

    try:
        with olefile.OleFileIO(str(source)) as container:
            is_workbook = any(container.exists(name) for name in _WORKBOOKS)
            is_package = container.exists("EncryptedPackage")
            is_other = container.exists("WordDocument") or container.exists("PowerPoint Document")
    except Exception:  # noqa: BLE001 - a broken container: the workbook's reader may know better
        return source
    if not is_workbook and not is_package:
        what = "another document of Office" if is_other else "a container without a workbook"
        raise UnreadableError(Cause.NOT_A_KIND, f"The file is no table but {what}.")
    with source.open("rb") as file, plain.open("wb") as decrypted:
        try:
            document = msoffcrypto.OfficeFile(file)
            if not document.is_encrypted():
                return source
            document.load_key(password=_PASSWORD_OF_ALL)
            document.decrypt(decrypted)
        except Exception as error:
            if is_package or "password" in str(error).lower():
                raise UnreadableError(Cause.PASSWORD, PASSWORD) from error
            return source
    if not plain.stat().st_size:
        raise UnreadableError(Cause.DAMAGED, DAMAGED.format("it cannot be decrypted"))
    return plain

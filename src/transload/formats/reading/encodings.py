"""In which encoding a text is: found by its bytes, and said with the next likely ones.

In this order: a byte order mark; the pattern that NUL bytes make in UTF-16 and UTF-32; UTF-8, where
nearly all that is beyond ASCII is valid in it; else the one of Windows' encodings, and of those
that charset-normalizer finds possible, in which the lines with such bytes look least odd. Of those
that give the same text, Windows' one is taken.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from transload.formats.reading.letters import strangeness
from transload.formats.reading.model import Cause, Encoding, UnreadableError
from transload.formats.reading.wide_text import find_wide

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 16
_SAMPLE_BYTES = 1 << 15
_MAX_SAMPLE = 200
_MAX_OTHERS = 4
BAD = "\udcff"
"""What stands in decoded text for bytes that the encoding does not have."""
_ERRORS = "transload-bad-bytes"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Each is a part of the other, or differs in characters that no table has.
_WIDER = {
    "ascii": "utf-8",
    "latin_1": "cp1252",
    "iso8859_15": "cp1252",
    "iso8859_9": "cp1254",
    "iso8859_8": "cp1255",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "euc_jis_2004": "euc_jp",
    "euc_jisx0213": "euc_jp",
    "tis_620": "cp874",
}
# Those that most programs write, or wrote, first.
_SINGLE = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"),
    *("koi8_r", "iso8859_2", "mac_roman", "cp850"),
)
_WIDE = ("gb18030", "cp932", "big5", "cp949", "euc_jp")
_COMMON = {
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874"),
    *("gb18030", "big5", "cp932", "cp949", "euc_jp", "koi8_r", "koi8_u", "iso8859_2", "utf_8"),
}
# Chinese and Korean, which have kana for the sake of Japanese names alone.
_WITHOUT_KANA = {"gb18030", "big5", "big5hkscs", "cp950", "cp949", "johab"}
_KANA = re.compile("[\u3041-\u30fa]")
# How much less odd a text has to look in another one.
_UNCOMMON = 3
_LATIN = r"a-zA-Z\u00c0-\u024f\u1e00-\u1eff"
_CAPITAL = "".join(chr(at) for at in range(0xC0, 0x250) if chr(at).isupper())
_BEYOND = re.compile(r"[^\x00-\x7f]")
_ODD = re.compile(
    rf"(?<=[a-zA-Z])[{_CAPITAL}](?=[a-z])"  # a capital within a word
    rf"|(?<=[a-zA-Z])[^\x00-\x7f{_LATIN}](?=[a-zA-Z])"  # another script or a sign, within one
    r"|(?<=[a-zA-Z])[^\W\d_a-zA-Z\u00c0-\u024f\u1e00-\u1eff]"  # another script, after a letter
    r"|(?<=[ß-ÿα-ωа-я])[À-ÞΑ-ΩА-Я]"  # a capital after a small letter
    r"|(?<=[^\W\d_])[\xa1-\xa9\xab-\xb6\xb8\xb9\xbb-\xbf](?=[^\W\d_])"  # a sign within a word
    r"|[\x80-\x9f\ue000-\uf8ff\ufffd]"  # no character that anybody writes
    r"|[\xa8\xaa\xac\xae\xb1\xb3\xb6\xb9\xbc-\xbe\xd7\xf7\u2500-\u25ff](?=[a-zA-Z])"
    r"|(?<=[a-zA-Z])[\xa8\xac\xb1\xb6\xbc-\xbe\xd7\xf7\u2500-\u25ff]"
)
# One wrong byte in so many that are right is a wrong byte, and not another encoding.
_RIGHT_FOR_ONE_WRONG = 8
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH_LINE = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")


def _mark_bad(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return BAD * (error.end - error.start), error.end


codecs.register_error(_ERRORS, _mark_bad)


def decoder(encoding: str) -> codecs.IncrementalDecoder:
    """Give a decoder that puts BAD for each byte that the encoding does not have."""
    return codecs.getincrementaldecoder(encoding)(_ERRORS)


def find_encodings(file: Path, chosen: str | None) -> tuple[Encoding, ...]:
    """Give the encoding of a file's text, and the next likely ones, each with a line so read.

    Names are Python's, lower case. What was chosen is taken. Raises UnreadableError for a choice
    that names no encoding of text.
    """
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    if chosen is not None:
        names = (_known(chosen, head),)
        return tuple(_sampled(name, _high_lines(file) or head) for name in names)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked or (marked := find_wide(head)):
        return (_sampled(marked, head),)
    wrong, right = _utf8_faults(file)
    sample = _high_lines(file)
    if not wrong:
        return (_sampled("utf-8", sample or head),)
    others = _likely(sample)
    if wrong * _RIGHT_FOR_ONE_WRONG <= right:
        others = ["utf-8", *others]
    return tuple(_sampled(name, sample) for name in dict.fromkeys(others))[: 1 + _MAX_OTHERS]


def _known(name: str, head: bytes) -> str:
    try:
        found = codecs.lookup(name.strip())
        "".encode(found.name)
    except (LookupError, UnicodeError, ValueError):
        raise UnreadableError(
            Cause.CHOICE, f"The encoding {name[:50]} is not known: try utf-8 or windows-1252."
        ) from None
    if found.name == "utf-8" and head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return found.name


def _utf8_faults(file: Path) -> tuple[int, int]:
    """Count bytes that are wrong in UTF-8, and characters beyond ASCII that are right."""
    read = decoder("utf-8")
    wrong = right = 0
    for block in _blocks(file):
        text = read.decode(block)
        if not block.isascii():
            wrong += text.count(BAD)
            right += len(_MULTIBYTE.findall(block))
    return wrong + read.decode(b"", final=True).count(BAD), right


def _high_lines(file: Path) -> bytes:
    """Gather lines with bytes beyond ASCII."""
    lines: list[bytes] = []
    size = 0
    for block in _blocks(file):
        if block.isascii():
            continue
        for line in _HIGH_LINE.finditer(block):
            lines.append(line[0][:_SAMPLE_BYTES])
            size += len(lines[-1])
            if size > _SAMPLE_BYTES:
                return b"\n".join(lines)
    return b"\n".join(lines)


def _likely(sample: bytes) -> list[str]:
    """Order encodings by how odd their text looks, and then by how many programs write them."""
    ranked = [match.encoding for match in from_bytes(sample, enable_fallback=False)]
    names = [codecs.lookup(name).name.replace("-", "_") for name in ranked]
    names = [*_SINGLE, *(_WIDER.get(name, name) for name in names), *_WIDE]
    names = list(dict.fromkeys(names))
    texts = {name: text for name in names if (text := _decoded(sample, name)) is not None}
    # Where several give the same text, the first is as good as any.
    first = {text: name for name, text in reversed(texts.items())}
    found = [name for name, text in texts.items() if first[text] == name]
    order = sorted(found, key=lambda name: _cost(name, texts[name]))
    return [_spelled(name) for name in order] or ["cp1252"]


def _cost(name: str, text: str) -> int:
    """Give how odd a text is in an encoding, by twentieths."""
    is_foreign = name in _WITHOUT_KANA and _KANA.search(text) is not None
    return _oddness(text) + _UNCOMMON * (name not in _COMMON or is_foreign)


def _oddness(text: str) -> int:
    """Count by twentieths the characters beyond ASCII that hardly stand where they stand.

    Those that a text's language has seldom, or not, count too.
    """
    high = len(_BEYOND.findall(text))
    if not high:
        return 0
    return round(20 * (len(_ODD.findall(text)) / high + strangeness(text)))


def _spelled(name: str) -> str:
    return codecs.lookup(name).name


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sampled(name: str, content: bytes) -> Encoding:
    lines = content.decode(name, "replace").lstrip("\ufeff").splitlines()
    told = next((line for line in lines if not line.isascii()), lines[0] if lines else "")
    return Encoding(name=name, sample=told[:_MAX_SAMPLE])


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK_BYTES):
            yield block

"""Parts of a file: downloads that are resumed, and what a client can ask of one beforehand."""

import os
from pathlib import Path

import httpx
import pytest

from tests.exports.outlets import add_outlets
from tests.factories import Tenant, anybody, fetch


@pytest.fixture
def link(tenant: Tenant) -> str:
    add_outlets(tenant, 50)
    return str(tenant.export(download="xlsx", limit=50).json()["data"]["link"])


def part(link: str, asked: str, **headers: str) -> httpx.Response:
    return anybody.get(link, headers={"Range": asked, **headers})


def test_a_part_is_the_bytes_that_were_asked_for(link: str) -> None:
    whole = fetch(link)
    size = len(whole)
    for asked, start, end in (
        ("bytes=0-0", 0, 1),
        ("bytes=2-9", 2, 10),
        (f"bytes={size - 5}-", size - 5, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=10-{size * 2}", 10, size),
        (f"bytes=0-{size - 1}", 0, size),
    ):
        answer = part(link, asked)
        assert (answer.status_code, answer.content) == (206, whole[start:end]), asked
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert answer.headers["Content-Length"] == str(end - start)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_part_beyond_the_end_is_refused_with_the_size(link: str) -> None:
    size = len(fetch(link))
    for asked in (f"bytes={size}-", f"bytes={size + 10}-{size + 20}"):
        answer = part(link, asked)
        assert answer.status_code == 416
        assert answer.headers["Content-Range"] == f"bytes */{size}"
        message = f"The file has {size} bytes; the range is beyond its end."
        assert answer.json() == {"status": False, "message": message}


def test_a_range_that_is_none_is_refused_in_json(link: str) -> None:
    message = "Bad request - invalid parameters provided. The Range header is not valid."
    for asked in ("bytes", "bytes=", "bytes=a-b", "bytes=9-2"):
        answer = part(link, asked)
        assert answer.status_code == 400, asked
        assert answer.json() == {"status": False, "message": message}


def test_many_parts_come_in_one_answer(link: str) -> None:
    whole = fetch(link)
    answer = part(link, "bytes=0-3,10-13")
    assert answer.status_code == 206
    kind, _, boundary = answer.headers["Content-Type"].partition("; boundary=")
    assert kind == "multipart/byteranges"
    pieces = [
        piece.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        for piece in answer.content.split(f"--{boundary}".encode())[1:-1]
    ]
    assert pieces == [whole[0:4], whole[10:14]]


def test_a_file_says_its_size_and_what_marks_it_without_its_bytes(link: str) -> None:
    whole = anybody.get(link)
    head = anybody.head(link)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["Accept-Ranges"] == "bytes"
    for name in ("ETag", "Last-Modified", "Content-Type"):
        assert head.headers[name] == whole.headers[name]


def test_a_part_of_the_same_file_is_given_and_of_another_the_whole(link: str) -> None:
    whole = anybody.get(link)
    for mark in ("ETag", "Last-Modified"):
        same = part(link, "bytes=5-", **{"If-Range": whole.headers[mark]})
        assert (same.status_code, same.content) == (206, whole.content[5:])
    for mark in ('"another"', "Wed, 21 Oct 2015 07:28:00 GMT", f"W/{whole.headers['ETag']}"):
        other = part(link, "bytes=5-", **{"If-Range": mark})
        assert (other.status_code, other.content) == (200, whole.content)


def test_a_download_that_broke_off_is_resumed_with_the_same_bytes(tenant: Tenant) -> None:
    """P11: also with the fresh link that the log gives."""
    add_outlets(tenant, 50)
    answer = tenant.export(download="json", limit=50).json()["data"]
    size = tenant.log_entry(answer["exportId"])["fileSize"]
    with anybody.stream("GET", answer["link"]) as broken:
        mark = broken.headers["ETag"]
        begun = next(broken.iter_raw(chunk_size=100))
    tenant.export(download="json", limit=50)
    fresh = tenant.get(f"/export/{answer['exportId']}").json()["data"]["fileUrl"]
    rest = part(fresh, f"bytes={len(begun)}-", **{"If-Range": mark})
    assert rest.status_code == 206
    assert begun + rest.content == fetch(answer["link"])
    assert len(begun + rest.content) == size


def test_a_file_that_is_removed_is_read_to_its_end_by_who_reads_it(tenant: Tenant) -> None:
    add_outlets(tenant, 1)
    body = tenant.export(download="json").json()["data"]
    files, name = tenant.site.service.exports.files, body["exportId"]
    [key] = [one for one in files.iterate() if name in one]
    path = files.find(key)
    if not isinstance(path, Path):
        pytest.skip("a bucket lets go of a file at once; its readers' connections break off")
    with path.open("rb") as reading:
        assert tenant.request("DELETE", f"/export/{name}").status_code == 200
        assert os.fstat(reading.fileno()).st_nlink == 0
        assert reading.read().startswith(b"[")
    assert files.find(key) is None


def test_head_tells_of_the_whole_file_whatever_part_is_asked_for(link: str) -> None:
    """RFC 9110, 14.2: Range is for GET alone."""
    whole = anybody.head(link)
    for given in ("bytes=0-4", "bytes=99999999-", "bytes=x"):
        answer = anybody.head(link, headers={"Range": given})
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Length"] == whole.headers["Content-Length"]
        assert "Content-Range" not in answer.headers


def test_unit_that_is_not_known_is_passed_over(link: str) -> None:
    """RFC 9110, 14.2."""
    whole = anybody.get(link)
    for given in ("pages=1-2", "lines=1", "x"):
        answer = part(link, given)
        assert (answer.status_code, answer.content) == (200, whole.content)


def test_file_that_if_match_does_not_name_is_not_given(link: str) -> None:
    """RFC 9110, 13.1.1."""
    tag = anybody.get(link).headers["ETag"]
    for fitting in (tag, "*", f'"other", {tag}'):
        assert anybody.get(link, headers={"If-Match": fitting}).status_code == 200
    for other in ('"other"', f"W/{tag}"):
        answer = anybody.get(link, headers={"If-Match": other})
        assert answer.status_code == 412
        assert answer.json() == {
            "status": False,
            "message": "The file is not the one that If-Match names.",
        }


def test_file_that_the_client_has_already_is_not_sent_again(link: str) -> None:
    """RFC 9110, 13.1.2: it comes before Range, and a weak tag counts."""
    tag = anybody.get(link).headers["ETag"]
    for held in (tag, "*", f'"other", {tag}', f"W/{tag}"):
        answer = anybody.get(link, headers={"If-None-Match": held, "Range": "bytes=0-1"})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
    assert anybody.get(link, headers={"If-None-Match": '"other"'}).status_code == 200


def test_pages_of_other_origins_may_read_what_a_download_needs(link: str) -> None:
    answer = anybody.get(link, headers={"Origin": "https://app.example"})
    exposed = {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"Accept-Ranges", "Content-Disposition", "Content-Range", "ETag"} <= exposed

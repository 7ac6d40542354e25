"""Files handed over to real servers: an S3 store, an SFTP server, a mail server."""

import http.client
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncssh
import obstore
import pytest
from obstore.store import S3Store

from tests.mail.mailboxes import mail_server
from tests.object_store import ObjectStoreServer
from tests.schedules.sftp_servers import PASSWORD, USER, SftpPlace, sftp_server
from tests.webhooks.receivers import receiving
from transload.clock import Clock
from transload.errors import InvalidError, TransloadError
from transload.mail.server import MailServer
from transload.outgoing import Outgoing
from transload.schedules.destinations import bucket, mailbox, sftp
from transload.schedules.destinations.model import (
    Bucket,
    Mailbox,
    Parcel,
    Sftp,
    Shipment,
    UndeliveredError,
)
from transload.schedules.destinations.tunnel import tunnel_to
from transload.settings import SmtpSecurity

_OPEN = Outgoing(allows_http=True, allows_private=True)


@pytest.fixture(scope="module")
def shipment(tmp_path_factory: pytest.TempPathFactory) -> Shipment:
    """Two files, one of them of more than one part of an upload."""
    folder, parcels = tmp_path_factory.mktemp("parcels"), []
    for name, content in (("data_removed.csv", b"_id\r\n1\r\n"), ("data.csv", b"x,\n" * 3_000_000)):
        (folder / name).write_bytes(content)
        parcels.append(
            Parcel(
                name=name,
                path=folder / name,
                media_type="text/csv; charset=utf-8",
                size=len(content),
                link=f"https://transload.example/files/{name}",
            )
        )
    return Shipment(
        run_id="6745d1a0c3b2f4e5a6978801",
        name="Outlets",
        parcels=parcels,
        facts={},
        sentences=["Rows: 2."],
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpPlace]:
    with sftp_server(tmp_path_factory.mktemp("sftp")) as found:
        yield found


def _sftp(place: SftpPlace, **more: object) -> Sftp:
    return Sftp.model_validate(
        {
            "kind": "sftp",
            "host": "127.0.0.1",
            "port": place.port,
            "user": USER,
            "hostKey": place.host_key,
            "password": PASSWORD,
            **more,
        }
    )


def _bucket(server: ObjectStoreServer, **more: object) -> Bucket:
    environment = server.environment
    return Bucket.model_validate(
        {
            "kind": "bucket",
            "bucket": "transload",
            "prefix": "schedules/outlets/",
            "endpoint": environment["AWS_ENDPOINT_URL"],
            "accessKeyId": environment["AWS_ACCESS_KEY_ID"],
            "secretAccessKey": environment["AWS_SECRET_ACCESS_KEY"],
            **more,
        }
    )


def test_a_bucket_has_the_files_whole_under_the_prefix(
    shipment: Shipment, object_store_server: ObjectStoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process's own environment says of buckets plays no part."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "the process's own")
    place, looks = _bucket(object_store_server), []
    for _ in range(2):
        bucket.send(place, shipment, _OPEN, lambda: looks.append(1))
    store = S3Store(
        "transload",
        endpoint=place.endpoint,
        access_key_id=place.access_key_id,
        secret_access_key=place.secret_access_key,
        token="",
        client_options={"allow_http": True},
    )
    for parcel in shipment.parcels:
        stored = obstore.get(store, f"schedules/outlets/{parcel.name}").bytes()
        assert stored.to_bytes() == parcel.path.read_bytes()
    assert len(looks) == 6
    with pytest.raises(UndeliveredError, match=r"does not take files|refuses the key"):
        bucket.send(_bucket(object_store_server, secretAccessKey="x"), shipment, _OPEN, list)
    with pytest.raises(ZeroDivisionError):
        bucket.send(place, shipment, _OPEN, lambda: 1 // 0)


def test_a_bucket_by_https_shows_a_certificate_that_is_trusted(
    shipment: Shipment, object_store_server: ObjectStoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = _bucket(object_store_server, endpoint=object_store_server.https_url)
    one, careful = replace(shipment, parcels=shipment.parcels[:1]), Outgoing(allows_private=True)
    bucket.check(place, careful)
    with pytest.raises(UndeliveredError, match="no certificate that is trusted"):
        bucket.send(place, one, careful, list)
    monkeypatch.setenv("SSL_CERT_FILE", str(object_store_server.shown.authority))
    bucket.send(place, one, careful, list)


def test_a_private_key_signs_in_as_ssh_keygen_writes_it(
    shipment: Shipment, place: SftpPlace
) -> None:
    one = replace(shipment, parcels=shipment.parcels[:1])
    for form in ("openssh", "pkcs1-pem", "pkcs8-pem"):
        text = place.user_key.export_private_key(form).decode()
        pasted = _sftp(place, password="", privateKey=text.replace("\n", "\r\n").strip())
        sftp.check(pasted)
        sftp.send(pasted, one, _OPEN, list)
        (place.folder / one.parcels[0].name).unlink()
    other = asyncssh.generate_private_key("ssh-ed25519")
    unknown = _sftp(place, password="", privateKey=other.export_private_key().decode())
    with pytest.raises(UndeliveredError, match="does not let transload in"):
        sftp.send(unknown, one, _OPEN, list)
    locked = other.export_private_key("pkcs8-pem", passphrase=PASSWORD).decode()
    for text in (locked, other.export_public_key().decode(), "no key"):
        with pytest.raises(InvalidError, match="without a passphrase"):
            sftp.check(_sftp(place, password="", privateKey=text))


def test_a_folder_has_the_files_whole_and_nothing_else(
    shipment: Shipment, place: SftpPlace
) -> None:
    (place.folder / "in").mkdir()
    (place.folder / "in" / "data.csv").write_bytes(b"of an earlier attempt")
    sftp.send(_sftp(place, folder="in"), shipment, _OPEN, list)
    found = {one.name: one.read_bytes() for one in (place.folder / "in").iterdir()}
    assert found == {one.name: one.path.read_bytes() for one in shipment.parcels}


def test_a_file_that_is_broken_off_leaves_nothing_behind(
    shipment: Shipment, place: SftpPlace
) -> None:
    looks = iter([1, 1, 1, 0])
    large = replace(shipment, parcels=shipment.parcels[1:])
    with pytest.raises(ZeroDivisionError):
        sftp.send(_sftp(place), large, _OPEN, lambda: 1 // next(looks))
    assert [one for one in place.folder.iterdir() if one.is_file()] == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"hostKey": ""}, "if it is the right one, put it into hostKey"),
        ({"hostKey": f"SHA256:{'A' * 43}"}, "shows another key"),
        ({"password": "wrong"}, "does not let transload in"),
        ({"folder": "nowhere"}, "No such file"),
        ({"port": 1}, "takes no connections"),
    ],
)
def test_a_server_that_takes_nothing_is_named_with_why(
    shipment: Shipment, place: SftpPlace, more: dict[str, object], said: str
) -> None:
    with pytest.raises(TransloadError, match=said) as caught:
        sftp.send(_sftp(place, **more), shipment, _OPEN, list)
    assert PASSWORD not in str(caught.value)


def test_addresses_of_private_networks_are_refused(
    shipment: Shipment, place: SftpPlace, object_store_server: ObjectStoreServer
) -> None:
    """P38."""
    careful = Outgoing(allows_http=True)
    with pytest.raises(InvalidError, match="private network"):
        sftp.send(_sftp(place), shipment, careful, list)
    with pytest.raises(InvalidError, match="private network"):
        bucket.send(_bucket(object_store_server), shipment, careful, list)
    with pytest.raises(InvalidError, match="https://"):
        bucket.check(_bucket(object_store_server), Outgoing())


def test_a_tunnel_leads_to_its_one_address_whatever_is_asked_for() -> None:
    with receiving() as receiver:
        port = int(receiver.url.rpartition(":")[2].partition("/")[0])
        with tunnel_to("127.0.0.1", port, 5) as proxy:
            near = http.client.HTTPConnection(proxy.removeprefix("http://"), timeout=10)
            near.set_tunnel("somewhere.invalid", 443)
            near.request("POST", "/hook", b"{}")
            assert near.getresponse().status == 204
            near.close()
        assert len(receiver.got) == 1


def test_a_mail_has_the_files_or_links_to_them(shipment: Shipment, tmp_path: Path) -> None:
    small = replace(shipment, parcels=shipment.parcels[:1])
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * ((10 << 20) + 1))
    parcel = replace(shipment.parcels[1], path=large, size=(10 << 20) + 1)
    with mail_server() as mailboxes:
        server = MailServer(
            host="127.0.0.1",
            port=mailboxes.port,
            security=SmtpSecurity.NONE,
            user="",
            password="",
            sender="transload@acme.example",
            own_name="transload.example",
        )
        to = Mailbox(kind="email", email="ada@acme.example", attach=True)
        mailbox.send(to, small, server, Clock())
        mailbox.send(to, replace(shipment, parcels=[parcel]), server, Clock())
        attached, linked = mailboxes.of("ada@acme.example")
    [file] = attached.iter_attachments()
    assert file.get_filename() == "data_removed.csv"
    assert file.get_payload(decode=True) == b"_id\r\n1\r\n"
    assert list(linked.iter_attachments()) == []
    assert parcel.link in linked.get_content()

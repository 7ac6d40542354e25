"""What users are told by e-mail: a real mail server takes it, by TLS and with a password."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.accounts.browsers import Browser, secret_of
from tests.certificates import certificates
from tests.conftest import STORES, empty_database
from tests.factories import PATIENCE_SECONDS, Site, Tenant, awaited
from tests.imports.drafting import Draft
from tests.imports.sending import queued
from tests.imports.visiting import Visit
from tests.mail.mailboxes import PASSWORD, USER, Mailboxes, mail_server
from tests.webhooks.receivers import receiving
from transload.accounts.model import Role
from transload.errors import StartupError
from transload.imports import store
from transload.mail.server import MailServer
from transload.settings import Settings, SmtpSecurity

_PUBLIC = "https://transload.example"
_INVITED = re.compile(rf"{_PUBLIC}/console/sign-in#[\w-]+")


@pytest.fixture(scope="module", params=STORES)
def post(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Site, Mailboxes]]:
    """A service that writes mails, and the server that takes them."""
    folder = tmp_path_factory.mktemp("mail")
    shown = certificates(folder)
    with (
        pytest.MonkeyPatch.context() as patch,
        mail_server(shown) as mailboxes,
        _store(request) as url,
    ):
        patch.setenv("SSL_CERT_FILE", str(shown.authority))
        settings = Settings(
            data_dir=folder / "data",
            database_url=url,
            rate_limit=0,
            public_url=_PUBLIC,
            smtp_host="localhost",
            smtp_port=mailboxes.port,
            smtp_user=USER,
            smtp_password=PASSWORD,
            mail_from="Transload <transload@acme.example>",
            mail_after_seconds=0,
            send_to_http=True,
            send_to_private=True,
        )
        with Site.serving(settings, is_worker=False) as site:
            for dispatcher in site.service.dispatchers:
                dispatcher.look_seconds = 0.05
                dispatcher.start()
            yield site, mailboxes


@contextmanager
def _store(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give a database that no other service sees, whose jobs it would take."""
    if request.param == "sqlite":
        yield ""
        return
    with empty_database(request.getfixturevalue("postgres_url")) as url:
        yield url


def _exported(tenant: Tenant, **query: object) -> dict[str, Any]:
    """Export in the background, of which the test is the worker; give what was answered."""
    answer = tenant.export(download="csv", background=True, **query)
    asked: dict[str, Any] = answer.json()["data"]
    row_id = asked["exportId"].removeprefix("exp_")
    tenant.site.service.exports.perform(tenant.organization_id, row_id)
    return asked


def _mails(tenant: Tenant) -> list[dict[str, object]]:
    answer = tenant.get("/mails")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["data"]["data"]
    return found


def test_invitation_is_mailed_and_lets_in_once(post: tuple[Site, Mailboxes]) -> None:
    site, mailboxes = post
    tenant = Tenant.create(site)
    email = f"Ada-{tenant.user_id}@new.example"
    made = tenant.post("/user", {"email": email, "roleId": Role.FIELD.id}).json()
    assert made["invitation"]["mailed"] is True
    awaited(lambda: mailboxes.of(email.lower()))
    (mail,) = mailboxes.of(email.lower())
    text = mail.get_content()
    (link,) = _INVITED.findall(text)
    assert tenant.email in text
    assert (mail["From"], mail["Auto-Submitted"]) == (
        "Transload <transload@acme.example>",
        "auto-generated",
    )
    with site.service.accounts.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM mails").all()
    assert secret_of(link) not in str(kept)
    again = tenant.post(f"/user/{made['data']['_id']}/invitation").json()
    assert again["invitation"]["mailed"] is False, "nobody is written to twice in five minutes"
    awaited(lambda: _mails(tenant)[0]["status"] == "sent")
    (told,) = _mails(tenant)
    assert (told["to"], told["kind"], told["attempts"]) == (email.lower(), "invitation", 1)


def test_whichever_invitation_is_used_first_ends_the_other(post: tuple[Site, Mailboxes]) -> None:
    site, mailboxes = post
    tenant = Tenant.create(site)
    email = f"ben-{tenant.user_id}@new.example"
    shown = tenant.post("/user", {"email": email, "roleId": Role.FIELD.id}).json()["invitation"]
    awaited(lambda: mailboxes.of(email))
    (link,) = _INVITED.findall(mailboxes.of(email)[0].get_content())
    page = {"Origin": _PUBLIC}
    first = Browser(site).send("POST", "/session", {"secret": secret_of(link)}, headers=page)
    assert first.status_code == 201, first.text
    for each in (link, shown["link"]):
        answer = Browser(site).send("POST", "/session", {"secret": secret_of(each)}, headers=page)
        assert answer.status_code == 403


def test_ends_of_exports_and_imports_are_told_without_a_value_or_a_link(
    post: tuple[Site, Mailboxes],
) -> None:
    site, mailboxes = post
    tenant = Tenant.create(site)
    kind, hub = tenant.data_type(name="Shops\r\nBcc: all@acme.example"), tenant.hub()
    rows = b"Code,Price\n1,Secret\n2,3\n"
    one = queued(tenant, rows, data_type_id=kind, hub_id=hub)
    site.service.imports.perform(tenant.organization_id, one.job_id)
    awaited(lambda: len(mailboxes.of(tenant.email)) == 1)
    asked = _exported(tenant, dataTypeId=kind)
    awaited(lambda: len(mailboxes.of(tenant.email)) == 2)
    tenant.export(download="csv", dataTypeId=kind)
    brought, fetched = mailboxes.of(tenant.email)
    assert brought["Subject"] == "Your import is done in part"
    assert "1 row is in, 1 is not." in brought.get_content()
    assert fetched["Subject"] == "Your export is done"
    assert f"{_PUBLIC}/console/exports/{asked['exportId']}" in fetched.get_content()
    for mail in (brought, fetched):
        assert mail["Bcc"] is None
        assert "Shops Bcc: all@acme.example" in mail.get_content()
        assert "Secret" not in mail.as_string()
        assert "signature=" not in mail.as_string()
    assert len(_mails(tenant)) == 2, "a direct export is not told"


def test_a_file_by_a_link_is_told_to_its_maker_and_the_decision_to_its_sender(
    post: tuple[Site, Mailboxes],
) -> None:
    site, mailboxes = post
    tenant = Tenant.create(site)
    sender = f"mei-{tenant.user_id}@supplier.example"
    visit = Visit.of(tenant, dataTypeId=tenant.data_type(name="Shops"), hubId=tenant.hub())
    draft, imports = visit.begun(), site.service.imports
    with receiving() as receiver:
        told = {"url": receiver.url, "events": ["import.waiting", "import.decided"]}
        assert tenant.post("/webhooks", told).status_code == 201
        draft.data("POST", "check")
        with imports.database.read() as connection:
            one = store.find(connection, tenant.organization_id, draft.id)
        assert one is not None
        imports.perform(tenant.organization_id, one.job_id)
        draft.data("POST", "send", {"name": "Mei Tan", "email": sender})
        awaited(lambda: mailboxes.of(tenant.email))
        by_user = Draft(tenant=tenant, id=draft.id)
        by_user.data("POST", "return", {"sentence": "Secret prices, please"})
        awaited(lambda: mailboxes.of(sender))
        awaited(lambda: len(receiver.got) == 2)
        waiting, decided = receiver.events()

    [asked], [answered] = mailboxes.of(tenant.email), mailboxes.of(sender)
    assert asked["Subject"] == "A file waits for your approval"
    for part in (
        f"Mei Tan <{sender}>",
        "1 row is right, 1 is not.",
        f"{_PUBLIC}/console/imports/{draft.id}",
    ):
        assert part in asked.get_content()
    assert answered["Subject"] == "Your file was returned"
    assert "Shops" in answered.get_content()
    assert not any(part in answered.as_string() for part in ("Secret", "Mei", _PUBLIC))
    assert (waiting["type"], waiting["data"]["stage"]) == ("import.waiting", "sent")
    assert waiting["data"]["totalValid"] == waiting["data"]["totalInvalid"] == 1
    assert (decided["type"], decided["data"]["stage"]) == ("import.decided", "returned")
    assert decided["data"]["decidedBy"] == tenant.email
    assert [one["kind"] for one in _mails(tenant)] == ["import.decided", "import.waiting"]


def test_owners_are_told_that_a_webhook_was_switched_off(post: tuple[Site, Mailboxes]) -> None:
    site, mailboxes = post
    tenant = Tenant.create(site)
    with HTTPServer(("127.0.0.1", 0), _Gone) as receiver:
        threading.Thread(target=receiver.handle_request, daemon=True).start()
        url = f"http://127.0.0.1:{receiver.server_port}/"
        tenant.post("/webhooks", {"url": url, "name": "warehouse", "events": ["export.ended"]})
        tenant.export(download="json")
        awaited(lambda: mailboxes.of(tenant.email))
    (mail,) = mailboxes.of(tenant.email)
    assert "webhook warehouse" in mail.get_content()


class _Gone(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_error(410)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        """Say nothing."""


def test_what_is_refused_for_good_says_why_and_can_be_sent_again(
    post: tuple[Site, Mailboxes],
) -> None:
    site, mailboxes = post
    tenant = Tenant.create(site)
    email = f"cy-{tenant.user_id}@new.example"
    mailboxes.reply = "550 No such mailbox"
    tenant.post("/user", {"email": email, "roleId": Role.FIELD.id})
    awaited(lambda: _mails(tenant)[0]["status"] == "failed")
    (mail,) = _mails(tenant)
    assert mail["error"] == f"The mail server refuses {email}: 550 No such mailbox"
    mailboxes.reply = "450 Later"
    tenant.post(f"/mail/{mail['_id']}/retry")
    awaited(lambda: _mails(tenant)[0]["error"] != mail["error"])
    assert _mails(tenant)[0]["status"] == "waiting"
    mailboxes.reply = "250 OK"
    tenant.post(f"/mail/{mail['_id']}/retry")
    awaited(lambda: mailboxes.of(email))


def test_mail_server_that_hangs_delays_nobody(post: tuple[Site, Mailboxes]) -> None:
    site, mailboxes = post
    tenant = Tenant.create(site)
    mailboxes.began.clear()
    hangs = mailboxes.hangs = threading.Event()
    try:
        for at in range(6):
            email = f"{at}-{tenant.user_id}@new.example"
            answer = tenant.post("/user", {"email": email, "roleId": Role.FIELD.id})
            assert answer.status_code == 201, answer.text
        assert mailboxes.began.wait(PATIENCE_SECONDS)
        asked = _exported(tenant)
        assert tenant.finished(asked["exportId"])["status"] == "Done"
    finally:
        hangs.set()
        mailboxes.hangs = None

    def has_come() -> bool:
        site.clock.move(timedelta(seconds=10))  # to the next attempt of those that gave up waiting
        return bool(mailboxes.of(f"5-{tenant.user_id}@new.example"))

    awaited(has_come)
    site.clock.reset()


_WHOLE = {
    "smtp_host": "localhost",
    "public_url": _PUBLIC,
    "mail_from": "transload@acme.example",
}


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"public_url": ""}, "TRANSLOAD_PUBLIC_URL"),
        ({"mail_from": ""}, "TRANSLOAD_MAIL_FROM"),
        ({"mail_from": "a@a.example, b@b.example"}, "TRANSLOAD_MAIL_FROM"),
        ({"smtp_user": USER, "smtp_security": SmtpSecurity.NONE}, "TRANSLOAD_SMTP_SECURITY"),
    ],
)
def test_settings_that_mails_lack_are_named(
    more: dict[str, object], named: str, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path, **_WHOLE, **more})
    with pytest.raises(StartupError, match=named):
        MailServer.of(settings)

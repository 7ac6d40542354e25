"""What mails say.

None holds a value of a record, a link to a file, or what an error says, but for those that hand
over the files of a schedule. Names that users chose are shown on one line and cut short: no mail
can be made to say what the service does not.
"""

from collections.abc import Mapping, Sequence

from transload.counts import counted
from transload.mail.model import Attachment, Letter

_MAX_NAME = 80


def invitation(organization: str, inviter: str, link: str, days: int) -> Letter:
    """Invite somebody into an organization."""
    by = f" by {_line(inviter)}" if inviter else ""
    return Letter(
        subject="Your invitation to Transload",
        text=(
            f"You are invited{by} to the organization {_line(organization)} on Transload.\n\n"
            f"This link signs you in. It works once, within {days} days:\n\n"
            f"{link}\n\n"
            "Who has the link comes in as you: do not pass it on. If you expected no invitation, "
            "do nothing.\n"
        ),
    )


def export_ended(data: Mapping[str, object], base_url: str) -> Letter:
    """Tell that an export has ended, and where its file is."""
    name = _line(str(data["name"]))
    is_done = data["status"] == "Done"
    ended = f"is done: {_counted(data['records'], 'row', 'rows')}" if is_done else "has failed"
    then = "Fetch the file here" if is_done else "What went wrong is told here"
    page = f"{base_url}/console/exports/{data['id']}"
    return Letter(
        subject="Your export is done" if is_done else "Your export has failed",
        text=f"Your export of {name} {ended}.\n\n{then}:\n\n{page}\n",
    )


def import_ended(data: Mapping[str, object], base_url: str) -> Letter:
    """Tell that an import has ended, and how many of its rows are in."""
    subject = {
        "success": "Your import is done",
        "partially": "Your import is done in part",
    }.get(str(data["status"]), "Your import has failed")
    return Letter(
        subject=subject,
        text=(
            f"Your import into {_line(str(data['name']))} has ended: "
            f"{_counted(data['valid'], 'row is', 'rows are')} in, "
            f"{_counted(data['invalid'], 'is', 'are')} not.\n\n"
            f"See it here:\n\n{base_url}/console/imports/{data['id']}\n"
        ),
    )


def import_waiting(data: Mapping[str, object], base_url: str) -> Letter:
    """Tell the maker of an import link that somebody has sent a file by it."""
    sender = f"{_line(str(data['sender']))} <{_line(str(data['senderEmail']))}>"
    return Letter(
        subject="A file waits for your approval",
        text=(
            f"Somebody has sent a file into {_line(str(data['name']))} by your import link "
            f"{_line(str(data['link']))}: {_counted(data['valid'], 'row is', 'rows are')} right, "
            f"{_counted(data['invalid'], 'is', 'are')} not. "
            f"They say to be {sender}; nobody has checked that.\n\n"
            "Nothing is imported until you, or somebody else who may, approve it here:\n\n"
            f"{base_url}/console/imports/{data['id']}\n"
        ),
    )


def import_decided(data: Mapping[str, object], organization: str) -> Letter:
    """Tell the sender of a file by an import link what was decided of it.

    The address is what the sender said it is: the letter holds nothing that they wrote.
    """
    became, then = {
        "approved": ("approved", "What became of its rows"),
        "returned": ("returned to you, to be mended and sent again", "Why"),
        "refused": ("refused", "Why"),
    }[str(data["stage"])]
    return Letter(
        subject=f"Your file was {became.partition(' ')[0]}",
        text=(
            f"The file that you sent into {_line(str(data['name']))} of {_line(organization)} was "
            f"{became}. {then} is told where you sent it.\n\n"
            "If you sent no file, somebody named your address by mistake: do nothing.\n"
        ),
    )


def webhook_off(data: Mapping[str, object], base_url: str) -> Letter:
    """Tell an owner that a webhook is told nothing more."""
    named = _line(str(data["name"])) or str(data["id"])
    return Letter(
        subject="A webhook was switched off",
        text=(
            f"Your organization's webhook {named} took nothing any more, and was switched off.\n\n"
            "What it was not told is kept for 30 days. What went wrong, and how to put it on "
            f"again:\n\n{base_url}/api/v3/webhook/{data['id']}\n"
        ),
    )


def schedule_failing(data: Mapping[str, object], base_url: str) -> Letter:
    """Tell the maker of a schedule, or an owner, that it has failed again and again."""
    return Letter(
        subject="A scheduled export keeps failing",
        text=(
            f"The scheduled export {_line(str(data['name']))} has failed {data['failures']} times "
            "in a row.\n\nNo more mails about this come until it has gone well again. What went "
            f"wrong is told here:\n\n{base_url}/console/exports/schedules/{data['id']}\n"
        ),
    )


def files_of_schedule(
    name: str, sentences: Sequence[str], files: Sequence[Attachment], links: Mapping[str, str]
) -> Letter:
    """Hand over the files of a schedule: with the letter, or by links."""
    told = "".join(f"{one}\n" for one in sentences)
    linked = "".join(f"\n{file}:\n{link}\n" for file, link in links.items())
    closing = (
        "\nThe links work for a limited time, and for whoever has them: do not pass them on.\n"
        if links
        else ""
    )
    return Letter(
        subject=f"Export: {_line(name)}",
        text=f"The scheduled export {_line(name)} has run.\n\n{told}{linked}{closing}",
        attachments=tuple(files),
    )


def _line(text: str) -> str:
    shown = "".join(one if one.isprintable() else " " for one in text)
    line = " ".join(shown.split())
    return line if len(line) <= _MAX_NAME else f"{line[:_MAX_NAME]}..."


def _counted(number: object, one: str, several: str) -> str:
    return counted(int(str(number)), one, more=several, is_grouped=True)

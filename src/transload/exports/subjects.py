"""All subjects of exports, each by the name of its report type."""

from collections.abc import Mapping

from transload.accounts.model import Actor
from transload.exports.records import Records
from transload.exports.removals import REMOVED_RECORDS, REMOVED_TASKS
from transload.exports.subject import Subject, is_allowed
from transload.exports.tasks import TASK, Tasks
from transload.exports.trail import Trail

SUBJECTS: Mapping[str, Subject] = {
    subject.report: subject
    for subject in (Records(), Tasks(), REMOVED_RECORDS, REMOVED_TASKS, Trail())
}
TOLD_ALWAYS = frozenset({TASK})
"""Reports whose user is told by mail however short they took, as the contract has it of tasks."""


def may_export(actor: Actor) -> bool:
    """Tell whether the user may export anything at all."""
    return any(is_allowed(actor, subject) for subject in SUBJECTS.values())

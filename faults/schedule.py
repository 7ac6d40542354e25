"""Asks for work at an even pace and lets things fail in between, until the time is up."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping

from faults.report import Report
from faults.work import Work

_PATIENCE_SECONDS = 240


def run(
    work: Work,
    jobs: int,
    seconds: float,
    chance: random.Random,
    *,
    events: Mapping[str, Callable[[], None]],
    mend: Callable[[], None],
) -> Report:
    """Have events happen, in random order but each as often, while `jobs` exports are asked for.

    An event returns when it is over, or has been made to end later; `mend` ends all of them. Then
    the exports have four minutes to end by themselves.
    """
    happened: Counter[str] = Counter()
    started = time.monotonic()
    coming: list[str] = []
    while len(work.asked) < jobs or time.monotonic() - started < seconds:
        due = jobs * min(1.0, (time.monotonic() - started) / seconds)
        while len(work.asked) < due:
            work.ask()
        if time.monotonic() - started < seconds:
            coming = coming or chance.sample(list(events), len(events))
            name = coming.pop()
            events[name]()
            happened[name] += 1
        time.sleep(chance.uniform(0.5, 2.5))
    mend()
    return _judged(work, happened)


def _judged(work: Work, happened: Counter[str]) -> Report:
    report = Report(
        asked=len(work.asked), events=happened, endings=Counter(), refusals=work.refusals
    )
    try:
        ended = work.await_ends(_PATIENCE_SECONDS)
    except RuntimeError as error:
        report.faults.append(str(error))
        return report
    for entry in ended.values():
        report.endings[entry["errorMessage"] or entry["status"]] += 1
    report.faults += [
        f"An export ended with: {ending}" for ending in report.endings if "log has more" in ending
    ]
    report.faults += work.faults_of(ended)
    if work.logged() < len({one.export_id for one in work.asked}):
        report.faults.append("Exports are missing in the log.")
    return report

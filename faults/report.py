"""What came of a run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_PERCENT = 95


@dataclass(slots=True, kw_only=True)
class Report:
    """What was done and seen; `faults` are what must not be."""

    asked: int
    events: Counter[str]
    endings: Counter[str]
    refusals: Counter[str]
    take_overs: Sequence[float] = ()
    disturbed_take_overs: Sequence[float] = ()
    faults: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Give it as lines to read."""
        lines = [
            f"## {name}: {self.asked} files",
            f"done to it: {_counted(self.events)}",
            f"requests sent again: {_counted(self.refusals)}",
            f"they ended: {_counted(self.endings)}",
        ]
        if self.take_overs:
            lines.append(f"take-overs: {_waits(self.take_overs)}")
        if self.disturbed_take_overs:
            waits = _waits(self.disturbed_take_overs)
            lines.append(f"take-overs with a database that was away meanwhile: {waits}")
        lines.extend(f"FAULT: {fault}" for fault in self.faults)
        lines.append("FAILED" if self.faults else "passed")
        return "\n".join(lines)


def _waits(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    at = min(len(ordered) - 1, len(ordered) * _PERCENT // 100)
    middle = ordered[len(ordered) // 2]
    return (
        f"{len(ordered)}, p50 {middle:.1f} s, p95 {ordered[at]:.1f} s, longest {ordered[-1]:.1f} s"
    )


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"

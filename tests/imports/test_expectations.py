"""Files of the kinds that other importers were seen to fail on, each as its expectation says.

They and `expectations.json` lie in the folder `imports` of TRANSLOAD_TEST_DATA.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.factories import Tenant
from tests.imports.sending import Sent, finished, send, stored

_FOLDER = Path(os.environ.get("TRANSLOAD_TEST_DATA", "")) / "imports"
_FILE = _FOLDER / "expectations.json"
_CASES: dict[str, Any] = json.loads(_FILE.read_text()) if _FILE.is_file() else {}


@pytest.mark.skipif(not _CASES, reason="TRANSLOAD_TEST_DATA names no folder with imports")
@pytest.mark.parametrize("name", _CASES or ["none"])
def test_a_file_is_imported_as_is_expected_of_it(tenant: Tenant, name: str) -> None:
    case = _CASES[name]
    kind, hub = tenant.data_type(case["fields"]), tenant.hub()
    if case.get("existing"):
        tenant.add(kind, hub, case["existing"])
    content = (_FOLDER / name).read_bytes()
    if case.get("steps"):
        content = tenant.file_directly(download="csv", dataTypeId=kind)
        ids = [record["_id"] for record in stored(tenant, kind).values()]
        tenant.request("DELETE", "/datas/bulk", json={"data": ids})
    answer = send(tenant, content, name, dataTypeId=kind, hubId=hub, **case.get("form", {}))
    expected = case["expect"]
    choices = expected if isinstance(expected, list) else [expected]
    if answer.status_code != 200:
        assert answer.status_code == 422
        says = answer.json()["message"]
        assert any(all(_finds(one, says) for one in each.get("refuse", [None])) for each in choices)
        return
    sent = finished(tenant, answer.json()["data"]["_id"])
    found = stored(tenant, kind)
    faults = [_faults(each, sent, found) for each in choices if "refuse" not in each]
    assert [] in faults, faults


def _finds(pattern: str | None, text: str) -> bool:
    return pattern is not None and re.search(pattern, text, re.IGNORECASE) is not None


def _faults(
    expected: Mapping[str, Any], sent: Sent, found: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """Say in what the import is not as expected."""
    failed = sent.failed_rows()[1:] if "fileFailedImported" in sent.record else []
    texts = [" ".join(str(cell) for cell in row if cell is not None) for row in failed]
    faults = []
    if expected.get("total", sent.record["totalRows"]) != sent.record["totalRows"]:
        faults.append(f"total {sent.record['totalRows']}")
    if expected.get("stored_n", len(found)) != len(found):
        faults.append(f"stored {sorted(found)}")
    if expected.get("failed_n", len(failed)) != len(failed):
        faults.append(f"failed {texts}")
    for key, values in expected.get("stored", {}).items():
        faults += [
            f"{key}.{name}: {found.get(key, {}).get(name)!r}"
            for name, value in values.items()
            if key not in found or not _is(found[key].get(name), value)
        ]
    for key, values in expected.get("never", {}).items():
        faults += [
            f"{key}.{name} is {found[key][name]!r}"
            for name, never in values.items()
            if key in found and found[key][name] in never
        ]
    faults += [
        f"{key} did not fail"
        for key in expected.get("failed", [])
        if not any(str(row[0]) == key for row in failed)
    ]
    errors = [str(row[-1]) for row in failed]
    faults += [
        f"no error {patterns}"
        for patterns in expected.get("errors", [])
        if not any(
            all(
                _finds(re.escape(one) if "|" not in one and "\\" not in one else one, error)
                for one in patterns
            )
            for error in errors
        )
    ]
    everything = " ".join(texts) + json.dumps(found)
    faults += [f"{one} is lost" for one in expected.get("kept", []) if one not in everything]
    return faults


def _is(value: object, expected: object) -> bool:
    if isinstance(expected, dict) and "in" in expected:
        return value in expected["in"]
    return value == expected

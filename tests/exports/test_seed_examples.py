"""The examples of the public reference, run by the programs that they are written for.

Only the address, the ids and the token are others.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.exports.outlets import values
from tests.factories import Tenant, fetch
from tests.formats.workbooks import read_by_calamine
from tests.programs import install_by_npm, program, run

ADDRESS = "https://apiweb.mile.app/api/v3"
TOKEN = "YOUR_ACCESS_TOKEN"  # noqa: S105 - the reference's placeholder
TYPE_ID = "6422816ef6710f053056d812"
HUB_ID = "63c63ab1b6972d3150348172"

CURL = [
    "-X",
    "POST",
    f"{ADDRESS}/data/export?download=xlsx&dataTypeId={TYPE_ID}&fields=dataId,name,address&limit=100",
    "-H",
    f"Authorization: Bearer {TOKEN}",
]
CURL_IN_BACKGROUND = [
    "-X",
    "POST",
    f"{ADDRESS}/data/export?download=xlsx&dataTypeId={TYPE_ID}&background=true",
    "-H",
    f"Authorization: Bearer {TOKEN}",
]
AXIOS = """\
const axios = require('axios');

const exportDataSource = async () => {
  try {
    const response = await axios.post(
      'https://apiweb.mile.app/api/v3/data/export',
      null,
      {
        params: {
          download: 'xlsx',
          dataTypeId: '6422816ef6710f053056d812',
          fields: 'dataId,name,address',
          hubId: '63c63ab1b6972d3150348172',
          limit: 100,
          sortBy: 'createdTime',
          sortOrder: 'desc'
        },
        headers: {
          'Authorization': 'Bearer YOUR_ACCESS_TOKEN'
        }
      }
    );
    
    console.log('Export completed:', response.data);
    console.log('Download link:', response.data.data.link);
  } catch (error) {
    console.error('Export failed:', error.response?.data || error.message);
  }
};

exportDataSource();
"""  # noqa: W293 - the reference's blanks


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the examples find what they name."""

    tenant: Tenant
    data_type_id: str
    hub_id: str

    def put_into(self, example: str) -> str:
        """Give the example with this place's address, ids and token."""
        address = str(self.tenant.site.http.base_url.join("/api/v3"))
        for name, value in (
            (ADDRESS, address),
            (TOKEN, self.tenant.token),
            (TYPE_ID, self.data_type_id),
            (HUB_ID, self.hub_id),
        ):
            example = example.replace(name, value)
        return example


@pytest.fixture
def place(tenant: Tenant) -> Place:
    hub, kind = tenant.hub(), tenant.data_type()
    tenant.add(
        kind,
        hub,
        [
            {"dataId": "0001", "name": "Toko Satu", "address": "Jl. Merdeka 1"},
            {"dataId": "0002", "name": "=2", "address": None},
        ],
    )
    return Place(tenant=tenant, data_type_id=kind, hub_id=hub)


SHEET = [["Code", "Name", "Address"], ["0002", "=2", ""], ["0001", "Toko Satu", "Jl. Merdeka 1"]]


def test_curl_exports_directly(place: Place) -> None:
    body = curl(place, CURL)
    assert (body["status"], body["message"], body["total_data_be"]) == (True, "Success", 2)
    assert body["last_field"] == "address"
    assert (body["data"]["reportType"], body["data"]["status"]) == ("data", "Done")
    assert read_by_calamine(fetch(body["data"]["link"])) == SHEET


def test_curl_exports_in_the_background(place: Place) -> None:
    body = curl(place, CURL_IN_BACKGROUND)
    assert (body["status"], body["total_data_be"]) == (True, 0)
    assert body["message"].endswith("Check status at GET /tasks/export-log")
    assert (body["data"]["reportType"], body["data"]["status"]) == ("data", "Processing")
    entry = place.tenant.finished(body["data"]["exportId"])
    assert entry["status"] == "Done"
    rows = read_by_calamine(fetch(entry["fileUrl"]))
    assert [row[:3] for row in rows] == SHEET


def test_axios_exports_directly(place: Place, axios: Path) -> None:
    script = axios / "example.js"
    script.write_text(place.put_into(AXIOS))

    done = run([program("node"), str(script)], axios)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Export completed: {\n  status: true,\n  message: 'Success',")
    assert "total_data_be: 2," in done.stdout
    [link] = re.findall(r"^Download link: (http\S+)$", done.stdout, re.MULTILINE)
    assert read_by_calamine(fetch(link)) == SHEET


def test_axios_tells_what_was_wrong(place: Place, axios: Path) -> None:
    script = axios / "example.js"
    script.write_text(place.put_into(AXIOS).replace("download: 'xlsx',", ""))
    done = run([program("node"), str(script)], axios)
    assert done.stdout == ""
    assert "Export failed: {" in done.stderr
    assert "message: 'The download parameter is required.'" in done.stderr


def test_the_json_of_the_first_example_is_the_same_records(place: Place) -> None:
    example = [argument.replace("download=xlsx", "download=json") for argument in CURL]
    found = json.loads(fetch(curl(place, example)["data"]["link"]))
    assert values(found, "dataId") == ["0002", "0001"]
    assert [list(one) for one in found] == [["dataId", "name", "address"]] * 2


@pytest.fixture(scope="session")
def axios(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `require('axios')` finds it."""
    folder = tmp_path_factory.mktemp("axios")
    install_by_npm(folder, "axios")
    return folder


def curl(place: Place, arguments: list[str]) -> Mapping[str, Any]:
    arguments = [place.put_into(argument) for argument in arguments]
    done = run([program("curl"), "--silent", "--show-error", *arguments], Path.cwd())
    assert (done.returncode, done.stderr) == (0, "")
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found

"""Lists, exports and downloads with a client that openapi-python-client has made."""

import json
import sys
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, ".")

from transload_client import AuthenticatedClient
from transload_client.api.data import get_records
from transload_client.api.export import download, export_data
from transload_client.models import ExportDataDownload

url, token = sys.argv[1:]
client = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)
page = get_records.sync(client=client).data
answer = export_data.sync(client=client, download=ExportDataDownload.JSON, fields="dataId")
link = urlsplit(answer.data.link)
day, name = link.path.split("/")[-2:]
query = {key: values[0] for key, values in parse_qs(link.query).items()}
file = download.sync_detailed(day, name, client=client, **query)
print(
    json.dumps(
        {
            "listed": [record.data_id for record in page.data],
            "total": page.total,
            "exported": json.loads(file.content),
        }
    )
)

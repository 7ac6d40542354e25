"""Lists, exports and downloads with a client that openapi-generator has made."""

import json
import sys
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, ".")

from generated_client import ApiClient, Configuration, DataApi, ExportApi

url, token = sys.argv[1:]
with ApiClient(Configuration(host=url, access_token=token)) as client:
    page = DataApi(client).get_records().data
    answer = ExportApi(client).export_data(download="json", fields="dataId")
    link = urlsplit(answer.data.link)
    day, name = link.path.split("/")[-2:]
    query = {key: values[0] for key, values in parse_qs(link.query).items()}
    file = ExportApi(client).download_without_preload_content(day, name, **query)
    print(
        json.dumps(
            {
                "listed": [record.data_id for record in page.data],
                "total": page.total,
                "exported": json.loads(file.data),
            }
        )
    )

#!/usr/bin/env bash
# Export a data type in the background, wait for its end, and fetch the file.
# Usage: nightly_export.sh DATA_TYPE_ID FILE.xlsx
set -euo pipefail
type=${1:?the id of a data type is missing} file=${2:?the name of a file is missing}
api="$TRANSLOAD_URL/api/v3"

call() { curl --silent --show-error --fail-with-body -H "Authorization: Bearer $TRANSLOAD_TOKEN" "$@"; }

id=$(call -X POST "$api/data/export?download=xlsx&background=true&dataTypeId=$type" | jq -r .data.exportId)
while entry=$(call "$api/export/$id" | jq .data) && [ "$(jq -r .status <<<"$entry")" = Processing ]; do
    sleep 2
done
if [ "$(jq -r .status <<<"$entry")" != Done ]; then
    jq -r .errorMessage <<<"$entry" >&2
    exit 1
fi
# Aside first: whoever looks for the file finds all of it or none.
curl --silent --show-error --fail --output "$file.part" "$(jq -r .fileUrl <<<"$entry")"
mv "$file.part" "$file"
echo "Records in $file: $(jq -r .totalRecords <<<"$entry")"

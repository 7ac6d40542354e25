"""Every table. Times are UTC, ids those of `db.ids`; what a tenant owns leads with its id."""

from transload.db.tables.metadata import metadata
from transload.db.tables.people import (
    keys,
    organizations,
    roles,
    sessions,
    sign_in_failures,
    sign_in_links,
    tokens,
    users,
)
from transload.db.tables.scheduled import (
    export_schedule_runs,
    export_schedules,
    removals,
)
from transload.db.tables.things import (
    configs,
    data_types,
    flows,
    hubs,
    record_counts,
    record_removals,
    records,
    task_assignees,
    tasks,
)
from transload.db.tables.told import (
    audit_events,
    mails,
    webhook_deliveries,
    webhooks,
)
from transload.db.tables.work import (
    answers,
    exports,
    import_chunks,
    import_edits,
    import_jobs,
    import_links,
    imports,
    request_shares,
    workers,
)

__all__ = [
    "answers",
    "audit_events",
    "configs",
    "data_types",
    "export_schedule_runs",
    "export_schedules",
    "exports",
    "flows",
    "hubs",
    "import_chunks",
    "import_edits",
    "import_jobs",
    "import_links",
    "imports",
    "keys",
    "mails",
    "metadata",
    "organizations",
    "record_counts",
    "record_removals",
    "records",
    "removals",
    "request_shares",
    "roles",
    "sessions",
    "sign_in_failures",
    "sign_in_links",
    "task_assignees",
    "tasks",
    "tokens",
    "users",
    "webhook_deliveries",
    "webhooks",
    "workers",
]

import { words } from "../../shell";
import type { components } from "../../api/schema";

export type Entry = components["schemas"]["LogEntry"];
export const FORMATS = ["xlsx", "csv", "json", "ndjson", "parquet", "ods"] as const;
export type Format = (typeof FORMATS)[number];
export const MOST_RECORDS = 1_000_000;

export function kindOf(entry: Entry): "ok" | "bad" | "busy" | "gone" {
  if (entry.status === "Processing") return "busy";
  if (entry.status === "Failed") return "bad";
  return entry.fileUrl ? "ok" : "gone";
}

/** The same export by the command line. */
export function command(
  query: {
    download: string;
    dataTypeId: string;
    hubId?: string;
    q?: string;
    fields?: string;
    exportConfigId?: string;
    sortBy: string;
    sortOrder: string;
  },
  filters: readonly { field: string; operator: string; value?: unknown }[],
): string {
  const options: [string, string | undefined][] = [
    ["--type", query.dataTypeId],
    ["--format", query.download],
    ["--hub", query.hubId],
    ["--search", query.q],
    ["--fields", query.fields],
    ["--config", query.exportConfigId],
    ["--sort", (query.sortOrder === "desc" ? "-" : "") + query.sortBy],
    ...filters.map(({ field, operator, value }): [string, string] => [
      "--filter",
      value === undefined
        ? `${field} ${operator}`
        : `${field} ${operator} ${JSON.stringify(value)}`,
    ]),
  ];
  return words("transload export", options);
}

/** The same request for a terminal. */
export function curl(query: Record<string, string | undefined>): string {
  const text = new URLSearchParams(
    Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]),
  ).toString();
  return [
    `curl -X POST '${location.origin}/api/v3/data/export?${text}'`,
    `  -H "Authorization: Bearer $TRANSLOAD_TOKEN"`,
  ].join(" \\\n");
}

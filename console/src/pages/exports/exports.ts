import type { components } from "../../api/schema";

export type Entry = components["schemas"]["LogEntry"];
export const FORMATS = ["xlsx", "csv", "json", "ndjson", "parquet"] as const;
export type Format = (typeof FORMATS)[number];
export const MOST_RECORDS = 1_000_000;

export function kindOf(entry: Entry): "ok" | "bad" | "busy" | "gone" {
  if (entry.status === "Processing") return "busy";
  if (entry.status === "Failed") return "bad";
  return entry.fileUrl ? "ok" : "gone";
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

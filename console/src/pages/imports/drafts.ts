import { api, Problem, raw, take } from "../../api/client";
import { connection } from "../../state/connection.svelte";
import type { components } from "../../api/schema";
import type { Import } from "./imports";

export type Row = components["schemas"]["RowObject"];
/** Who came by a link knows of right rows only that they are `valid`. */
export type Verdict = "new" | "changed" | "same" | "valid" | "invalid" | "left_out";
export type Counts = Partial<Record<Verdict, number>>;
export type ProposedField = components["schemas"]["ProposedField"];
export const VERDICTS: readonly Verdict[] = [
  "new",
  "changed",
  "same",
  "valid",
  "invalid",
  "left_out",
];

export interface Reading {
  dayOrder?: "ymd" | "dmy" | "mdy";
  decimalSeparator?: "." | ",";
  words?: Record<string, string>;
  leaveOut?: boolean;
}

export interface TableColumn {
  column: number;
  title: string;
  samples: string[];
  field: string | null;
  sureness: "exact" | "normalised" | "chosen" | "likely" | null;
  why: string | null;
  suggestion: { field: string; why: string } | null;
}

export interface DraftField {
  id: string;
  title: string;
  type: string;
  required: boolean;
  options: string[];
}

export interface Choices {
  sheet: string | null;
  headerRow: number | null;
  encoding: string | null;
  delimiter: string | null;
  quote: string | null;
  escape: string | null;
}

export interface Table {
  kind: string;
  headerRow: number;
  rows: number;
  /** Which of the sheets was read, from 1. */
  sheet: number | null;
  /** `rows`: null of a sheet that was not read. */
  sheets: { number: number; name: string; visible: boolean; rows: number | null }[];
  encoding: string | null;
  encodings: { name: string; sample: string }[];
  delimiter: string | null;
  remarks: string[];
}

/** The name of the sheet that was read; null of a file without sheets. */
export const sheetName = (table: Table): string | null =>
  table.sheets.find((one) => one.number === table.sheet)?.name ?? null;

/** An import as a person works at it; its monitoring record is part of it. */
export type Draft = Import & {
  upload: { size: number; offset: number; complete: boolean };
  choices: Choices;
  table: Table | null;
  columns: TableColumn[];
  fields: DraftField[];
  /** How the cells of fields are read, by the fields' ids. */
  readings: Record<string, Reading>;
  proposal: components["schemas"]["Proposal"] | null;
  counts: Counts;
  isChecked: boolean;
  revision: number;
  edits: number;
  secret?: string;
  job: { id: string; step: string; status: string; progress: number; errorMessage?: string } | null;
};

export interface Group {
  field: string;
  code: string;
  message: string;
  count: number;
  lines: number[];
  values: { value: string; count: number }[];
  readings: { reading: Reading; mends: number; example: string; becomes: string }[];
}

const PART_BYTES = 1 << 20;
const REFUSED_OFFSET = 409;

/** Files of this tab whose import has begun and which are to be sent, by the import's id. */
export const files = new Map<string, File>();

export function draftOf(answer: { data: unknown }): Draft {
  return answer.data as Draft;
}

export function isRunning(draft: Draft): boolean {
  return draft.job?.status === "running";
}

export async function read(id: string): Promise<Draft> {
  const params = { path: { import_id: id } };
  return draftOf(await take(api.GET("/api/v3/imports/{import_id}", { params })));
}

/** Begins an import whose file is yet to come. */
export async function begin(file: File, fields: Record<string, string>): Promise<Draft> {
  const query = new URLSearchParams({ filename: file.name, size: String(file.size) });
  for (const [name, value] of Object.entries(fields)) if (value) query.set(name, value);
  const answer = await raw(`/api/v3/imports?${query}`, { method: "POST" });
  const draft = draftOf((await answer.json()) as { data: unknown });
  files.set(draft._id, file);
  return draft;
}

/**
 * Sends what is missing of a file, in parts, and tells how many bytes are there; a connection that
 * breaks off is waited for, and the rest sent from where the service says that it has come.
 */
export async function sendFile(
  id: string,
  file: File,
  moved: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Draft> {
  const path = `/api/v3/imports/${id}/file`;
  let offset = await arrived(path, signal);
  for (;;) {
    signal.throwIfAborted();
    moved(offset);
    const end = Math.min(offset + PART_BYTES, file.size);
    try {
      const answer = await raw(path, {
        method: "PATCH",
        body: file.slice(offset, end),
        signal,
        headers: {
          "Content-Type": "application/octet-stream",
          "Upload-Offset": String(offset),
          "Upload-Complete": end === file.size ? "?1" : "?0",
        },
      });
      if (end === file.size) return draftOf((await answer.json()) as { data: unknown });
      offset = end;
    } catch (thrown) {
      const isLost = thrown instanceof Problem && thrown.isOffline;
      if (!isLost && !(thrown instanceof Problem && thrown.status === REFUSED_OFFSET)) throw thrown;
      const before = offset;
      offset = await arrived(path, signal);
      if (!isLost && offset === before) throw thrown;
      // The last part may have come, and its answer not.
      if (offset === file.size) {
        const draft = await read(id);
        if (draft.upload.complete) return draft;
      }
    }
  }
}

async function arrived(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    try {
      const answer = await raw(path, { method: "HEAD", signal });
      return Number(answer.headers.get("upload-offset") ?? 0);
    } catch (thrown) {
      if (!(thrown instanceof Problem && thrown.isOffline)) throw thrown;
      await connection.returned(signal);
    }
  }
}

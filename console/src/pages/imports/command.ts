import { argument, words } from "../../shell";
import type { Draft } from "./drafts";

/** The same import by the command line: where its rows go, and how its file and columns are read. */
export function command(draft: Draft): string {
  const { table, choices } = draft;
  const mapping = Object.fromEntries(draft.columns.map((one) => [String(one.column), one.field]));
  const delimiter = choices.delimiter === "\t" ? "tab" : (choices.delimiter ?? undefined);
  return words(`transload import ${argument(draft.filename)}`, [
    ["--type", draft.dataTypeId],
    ["--hub", draft.hubId ?? undefined],
    ["--mode", draft.mode],
    ["--sheet", choices.sheet ?? undefined],
    ["--header-row", choices.headerRow === null ? undefined : String(choices.headerRow)],
    ["--encoding", choices.encoding ?? undefined],
    ["--delimiter", delimiter],
    ["--mapping", table ? JSON.stringify(mapping) : undefined],
  ]);
}

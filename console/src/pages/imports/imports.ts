import type { components } from "../../api/schema";

export type Import = components["schemas"]["Record"];

/** A file that was checked, and how it was sent: importing it in earnest needs no second choice. */
export interface Sending {
  file: File;
  fields: Record<string, string>;
}

/** What this tab has sent, by the import's id. */
export const sendings = new Map<string, Sending>();

export function isOver(one: Import): boolean {
  return one.status !== "onprocess";
}

export function kindOf(one: Import): "ok" | "warn" | "bad" | "busy" {
  if (!isOver(one)) return "busy";
  if (one.status === "success") return "ok";
  return one.status === "partially" ? "warn" : "bad";
}

export function formOf(sending: Sending, isDryRun: boolean): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(sending.fields)) if (value) form.set(name, value);
  form.set("dryRun", String(isDryRun));
  form.set("file", sending.file);
  return form;
}

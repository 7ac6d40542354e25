import type { components } from "../../api/schema";

export type Import = components["schemas"]["Record"];

/** It waits for a person: for its file, or for what is decided of it. */
export function isDraft(one: Import): boolean {
  return one.status === "uploading" || one.status === "draft";
}

export function isOver(one: Import): boolean {
  return one.status !== "onprocess";
}

export function kindOf(one: Import): "ok" | "warn" | "bad" | "busy" | "draft" {
  if (isDraft(one)) return "draft";
  if (!isOver(one)) return "busy";
  if (one.status === "success") return "ok";
  return one.status === "partially" ? "warn" : "bad";
}

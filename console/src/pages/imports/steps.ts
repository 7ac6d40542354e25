import { isRunning, type Draft } from "./drafts";

export const STEPS = ["file", "table", "columns", "check", "import"] as const;
export type Step = (typeof STEPS)[number];

/** The steps at which a draft may be seen. */
export function reached(draft: Draft): readonly Step[] {
  if (!draft.upload.complete) return ["file"];
  const isSeen = draft.isChecked || isRunning(draft) || draft.job?.step === "check";
  return isSeen ? ["file", "table", "columns", "check"] : ["file", "table", "columns"];
}

/** The step at which a draft is, or that which was asked for, where it may be seen. */
export function stepOf(draft: Draft, asked: string | null): Step {
  const may = reached(draft);
  const wanted = may.find((one) => one === asked);
  if (isRunning(draft)) return "check";
  return wanted ?? (draft.isChecked ? "check" : draft.upload.complete ? "columns" : "file");
}

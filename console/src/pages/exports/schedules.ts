import { api, take } from "../../api/client";
import type { components, paths } from "../../api/schema";

export type Schedule = components["schemas"]["ScheduleObject"];
export type Run = components["schemas"]["RunObject"];
export type Body =
  paths["/api/v3/export-schedules"]["post"]["requestBody"]["content"]["application/json"];

/** The shapes that most times have, `h` and `m` for the hour and the minute. */
export const PATTERNS: Readonly<Record<string, string>> = {
  hour: "0 * * * *",
  day: "m h * * *",
  weekdays: "m h * * 1-5",
  week: "m h * * 1",
  month: "m h 1 * *",
};

/** The pattern of a cron expression, and the time of day in it. */
export function patternOf(cron: string): { pattern: string; time: string } {
  const [minute = "", hour = ""] = cron.split(" ");
  for (const [pattern, shape] of Object.entries(PATTERNS)) {
    if (shape.replace("m", minute).replace("h", hour) !== cron) continue;
    if (pattern === "hour") return { pattern, time: "03:00" };
    if (!/^\d+$/.test(minute) || !/^\d+$/.test(hour)) continue;
    return { pattern, time: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}` };
  }
  return { pattern: "own", time: "03:00" };
}

export function cronOf(pattern: string, time: string): string {
  const [hour, minute] = time.split(":").map(Number);
  return (PATTERNS[pattern] ?? "").replace("m", String(minute)).replace("h", String(hour));
}

/** Where files go, in a line. */
export function placeOf(destination: Schedule["destination"]): string {
  const say = (name: string): string => String(destination[name] ?? "");
  switch (destination["kind"]) {
    case "webhook":
      return say("url");
    case "email":
      return say("email");
    case "sftp":
      return `${say("user")}@${say("host")}:${say("folder")}`;
    default:
      return [say("endpoint"), say("bucket"), say("prefix")].filter(Boolean).join("/");
  }
}

export function kindOf(status: string): "ok" | "bad" | "" {
  return status === "delivered" ? "ok" : status === "failed" ? "bad" : "";
}

/** What a change sends: all of the schedule, its secrets left as they are. */
export async function replace(schedule: Schedule, changes: Partial<Body>): Promise<void> {
  const params = { path: { schedule_id: schedule._id } };
  const body = { ...(schedule as unknown as Body), ...changes };
  await take(api.PUT("/api/v3/export-schedule/{schedule_id}", { params, body }));
}

export async function run(id: string): Promise<void> {
  const params = { path: { schedule_id: id } };
  await take(api.POST("/api/v3/export-schedule/{schedule_id}/run", { params }));
}

export async function remove(id: string): Promise<void> {
  const params = { path: { schedule_id: id } };
  await take(api.DELETE("/api/v3/export-schedule/{schedule_id}", { params }));
}

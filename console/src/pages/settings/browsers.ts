import { t } from "../../text/en";

const BROWSERS = ["Edg", "OPR", "Firefox", "Chrome", "Safari"] as const;
const NAMES: Record<string, string> = { Edg: "Edge", OPR: "Opera" };
const SYSTEMS = ["Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux"] as const;

/** A browser and its system, as people call them. */
export function nameOfBrowser(agent: string): string {
  const browser = BROWSERS.find((name) => agent.includes(`${name}/`));
  const system = SYSTEMS.find((name) => agent.includes(name));
  if (!browser) return t.account.program;
  return t.account.browser(NAMES[browser] ?? browser, system?.replace("Mac OS X", "macOS"));
}

import { toasts } from "./state/toasts.svelte";
import { t } from "./text/en";

/** A text as one word of a shell. */
function quoted(text: string): string {
  return /^[\w./:,@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command of a shell, with those of its options that have a value. */
export function words(command: string, options: readonly [string, string | undefined][]): string {
  const given = options.flatMap(([name, value]) => (value ? [`${name}=${quoted(value)}`] : []));
  return [command, ...given].join(" ");
}

/** A text as an argument that is none of the options. */
export function argument(text: string): string {
  return quoted(text.startsWith("-") ? `./${text}` : text);
}

/** Puts a text on the clipboard, and says so. */
export async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  toasts.say(t.copied);
}

import type { Component } from "svelte";

const BASE = "/console";

export interface Route {
  pattern: string;
  // Each page has properties of its own; the pattern's names are among them.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  load: () => Promise<{ default: Component<any> }>;
}

/** Where the browser is: the address is the state that a reload, a link and a colleague share. */
class Place {
  path = $state(pathNow());
  query = $state.raw(new URLSearchParams(location.search));
  /** Rises with each page that a person goes to: the first page's heading takes no focus. */
  visits = $state(0);

  constructor() {
    addEventListener("popstate", () => this.#read());
    document.addEventListener("click", (event) => this.#follow(event));
  }

  go(to: string, { replace = false } = {}): void {
    const address = BASE + to;
    if (replace) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.#read();
  }

  /** Changes some of the query; null and "" leave a name out. */
  ask(changes: Record<string, string | null>, { replace = true } = {}): void {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(changes)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    const text = query.toString();
    this.go(this.path + (text && `?${text}`), { replace });
  }

  #read(): void {
    const path = pathNow();
    if (path !== this.path) this.visits += 1;
    this.path = path;
    this.query = new URLSearchParams(location.search);
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const link = (event.target as Element).closest("a");
    if (!link || link.target || link.download || link.origin !== location.origin) return;
    if (!link.pathname.startsWith(`${BASE}/`) || link.hash) return;
    event.preventDefault();
    const moved = link.pathname !== location.pathname;
    this.go(link.pathname.slice(BASE.length) + link.search);
    if (moved) scrollTo(0, 0);
  }
}

export const place = new Place();

/** The address of a page of the console. */
export function to(path: string, query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => !!pair[1]);
  const text = new URLSearchParams(given).toString();
  return BASE + path + (text && `?${text}`);
}

/** The route of a path, with what its pattern's names stand for. */
export function match(
  routes: readonly Route[],
  path: string,
): { route: Route; names: Record<string, string> } | undefined {
  const parts = path.split("/");
  for (const route of routes) {
    const pattern = route.pattern.split("/");
    if (pattern.length !== parts.length) continue;
    const names: Record<string, string> = {};
    const fits = pattern.every((piece, index) => {
      const part = parts[index] ?? "";
      if (!piece.startsWith(":")) return piece === part;
      names[piece.slice(1)] = decodeURIComponent(part);
      return part !== "";
    });
    if (fits) return { route, names };
  }
  return undefined;
}

function pathNow(): string {
  return location.pathname.slice(BASE.length).replace(/\/+$/, "") || "/";
}

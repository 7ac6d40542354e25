/** What a browser remembers of a link: its secret, and the import that was begun by it. */
export interface Visit {
  link: string;
  id?: string;
  secret?: string;
}

const KEY = "transload.in.";

/** Gives what is known of a link; the address has its secret in the fragment, at first. */
export function visitOf(link: string): Visit {
  const kept = JSON.parse(localStorage.getItem(KEY + link) ?? "{}") as Partial<Visit>;
  const given = location.hash.slice(1);
  return { ...kept, link: given || (kept.link ?? "") };
}

export function keep(link: string, visit: Visit): void {
  localStorage.setItem(KEY + link, JSON.stringify(visit));
}

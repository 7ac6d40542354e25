import type { components } from "../api/schema";

export type Who = components["schemas"]["WhoObject"];
export type Ways = components["schemas"]["WaysObject"];
export type Proof =
  | { email: string; password: string }
  | { secret: string; password?: string }
  | { secret: string; organization: string; name: string; email: string; password?: string };

const SESSION = "/api/v3/session";

/** Who is signed in. The cookie itself no script can read. */
class Session {
  /** undefined: not asked yet; null: nobody. */
  who = $state.raw<Who | null>();
  /** The session ended while a page was open; the page waits for it. */
  isOver = $state(false);
  #over: { promise: Promise<void>; resolve: () => void } | undefined;

  /** Tells whether the person's role has a permission. */
  may(...permissions: string[]): boolean {
    return permissions.some((one) => this.who?.permissions.includes(one));
  }

  get isAdmin(): boolean {
    return this.who?.isAdmin ?? false;
  }

  /** Asks the service who this is. */
  async start(): Promise<void> {
    const answer = await send("GET");
    if (answer.ok) this.who = ((await answer.json()) as { data: Who }).data;
    else if (answer.status === 401) this.who = null;
    else throw await refusal(answer);
  }

  /** Signs in; raises Refused. */
  async signIn(proof: Proof): Promise<void> {
    const answer = await send("POST", proof);
    if (!answer.ok) throw await refusal(answer);
    const { data } = (await answer.json()) as { data: Who };
    const before = this.who?.user._id;
    this.who = data;
    this.isOver = false;
    // Another person's page is not this person's.
    if (before && before !== data.user._id) location.assign("/console/");
    this.#over?.resolve();
    this.#over = undefined;
  }

  /** Signs out, also where an identity provider has a session of its own. */
  async signOut(): Promise<void> {
    const answer = await send("DELETE");
    const body = (await answer.json().catch(() => ({}))) as { data?: { signOutLink?: string } };
    location.assign(body.data?.signOutLink ?? "/console/");
  }

  /** How people sign in here. */
  async ways(): Promise<Ways> {
    const answer = await fetch(`${SESSION}/ways`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw await refusal(answer);
    return ((await answer.json()) as { data: Ways }).data;
  }

  /** Resolves once the person has signed in again, over the page. */
  renew(): Promise<void> {
    if (!this.#over) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((done) => (resolve = done));
      this.#over = { promise, resolve };
      this.isOver = true;
    }
    return this.#over.promise;
  }
}

/** Why nobody could sign in; `seconds` is how long to wait before the next try. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly seconds: number,
  ) {
    super(message);
  }
}

function send(method: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body === undefined) return fetch(SESSION, { method, headers });
  headers["Content-Type"] = "application/json";
  return fetch(SESSION, { method, headers, body: JSON.stringify(body) });
}

async function refusal(answer: Response): Promise<Refused> {
  const body = (await answer.json().catch(() => ({}))) as { message?: string };
  const seconds = answer.status === 429 ? Number(answer.headers.get("retry-after") ?? 1) : 0;
  return new Refused(answer.status, body.message ?? "", seconds);
}

export const session = new Session();

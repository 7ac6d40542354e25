import createClient from "openapi-fetch";
import type { paths } from "./schema";
import { connection } from "../state/connection.svelte";
import { session } from "../state/session.svelte";
import { t } from "../text/en";

const BUSY = new Set([429, 503]);
const TOO_LATE = 408;
const MAX_WAITS = 4;
const PREFIX = /^Bad request - invalid parameters provided\.\s*/;

/** Why a request came to nothing, in a sentence; `status` is 0 where no answer came at all. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly requestId = "",
  ) {
    super(message);
  }

  get isOffline(): boolean {
    return this.status === 0;
  }

  /** Whether the same may go well a moment later; what is refused stays refused. */
  get mayPass(): boolean {
    return (
      this.status <= 0 || this.status === TOO_LATE || BUSY.has(this.status) || this.status >= 500
    );
  }
}

/** What requests are sent by in place of the session's cookie: the secret of who came by a link. */
export const bearer = { secret: "" };

export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });

/** Gives an answer's body; raises Problem if there is none or it is a refusal. */
export async function take<T>(
  asked: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  throw await problemOf(response, error);
}

/** Sends a request that the typed client has no word for (uploads, streams); as `send` does. */
export async function raw(path: string, init?: RequestInit): Promise<Response> {
  const response = await send(new Request(new URL(path, location.origin), init));
  if (!response.ok && response.status !== 304) {
    throw await problemOf(response, await response.json().catch(() => undefined));
  }
  return response;
}

/** What anything thrown says to a person. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  console.warn(thrown);
  return new Problem(-1, t.problem.unexpected);
}

/** Fetches; waits where the service is busy; lets a person sign in again where their session is over. */
async function send(request: Request): Promise<Response> {
  for (let waits = 0; ; waits += 1) {
    const response = await attempt(request);
    if (response.status === 401 && session.who && !bearer.secret) {
      await session.renew();
    } else if (BUSY.has(response.status) && isRepeatable(request, response) && waits < MAX_WAITS) {
      await pause(Number(response.headers.get("retry-after") ?? 1) * 1000);
    } else {
      return response;
    }
  }
}

async function attempt(request: Request): Promise<Response> {
  try {
    const sent = request.clone();
    if (bearer.secret) sent.headers.set("Authorization", `Bearer ${bearer.secret}`);
    const response = await fetch(sent);
    connection.wasReached();
    return response;
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    connection.wasLost();
    throw new Problem(0, t.problem.offline);
  }
}

function isRepeatable(request: Request, response: Response): boolean {
  return response.status === 429 || request.method === "GET";
}

async function problemOf(response: Response, body: unknown): Promise<Problem> {
  const id = response.headers.get("x-request-id") ?? "";
  const said = (body as { message?: unknown } | undefined)?.message;
  const message =
    typeof said === "string" && said ? said.replace(PREFIX, "") : t.problem.unexpected;
  return new Problem(response.status, message, id);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 10_000)));
}

import { Problem } from "./client";
import { connection } from "../state/connection.svelte";
import { session } from "../state/session.svelte";
import { t } from "../text/en";

/** Sends a form, and tells how much of it has gone, from 0 to 1; gives the answer's body. */
export async function upload<T>(
  path: string,
  form: FormData,
  moved: (share: number) => void,
): Promise<T> {
  for (;;) {
    const answer = await send(path, form, moved);
    const body = parsed(answer.responseText);
    if (answer.status >= 200 && answer.status < 300) return body as T;
    if (answer.status === 401 && session.who) await session.renew();
    else throw refusal(answer, body);
  }
}

function send(
  path: string,
  form: FormData,
  moved: (share: number) => void,
): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => moved(event.total ? event.loaded / event.total : 0);
    request.onload = () => {
      connection.wasReached();
      resolve(request);
    };
    request.onerror = () => {
      connection.wasLost();
      reject(new Problem(0, t.problem.offline));
    };
    request.open("POST", path);
    request.setRequestHeader("Accept", "application/json");
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function refusal(answer: XMLHttpRequest, body: unknown): Problem {
  const said = (body as { message?: string } | undefined)?.message;
  const id = answer.getResponseHeader("x-request-id") ?? "";
  return new Problem(answer.status, said || t.problem.unexpected, id);
}

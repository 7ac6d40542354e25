import { api, asProblem, take, type Problem } from "../../api/client";
import { follow, repeat } from "../../api/events";
import { connection } from "../../state/connection.svelte";
import { Loaded } from "../../state/loaded.svelte";
import { draftOf, isRunning, read, type Draft, type Reading, type Row } from "./drafts";
import type { paths } from "../../api/schema";

type Patch = paths["/api/v3/imports/{import_id}"]["patch"];
type Decisions = NonNullable<Patch["requestBody"]>["content"]["application/json"];

const ASK_EVERY_MS = 1000;

/** An import at which a person works: how it stands on the service, and what is done to it. */
export class Work extends Loaded<Draft> {
  /** Why the last thing that was done came to nothing. */
  refusal = $state.raw<Problem>();
  isBusy = $state(false);
  /** Of who came by a link: leaves the import, for the page where another begins. */
  readonly leave: (() => void) | undefined;
  #id: () => string;
  /** What is asked for last: the next is asked for after it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(id: () => string, leave?: () => void) {
    super(() => read(id()));
    this.#id = id;
    this.leave = leave;
    const running = $derived(this.data && isRunning(this.data) ? this.data.job?.id : undefined);
    $effect(() => {
      if (running === undefined) return;
      // A browser's event stream cannot say whose secret it bears.
      if (leave) return repeat(ASK_EVERY_MS, () => this.load().then(() => true));
      return follow<Partial<Draft>>(`/api/v3/imports/${id()}/events`, (part) => this.#hear(part));
    });
  }

  get params(): { path: { import_id: string } } {
    return { path: { import_id: this.#id() } };
  }

  /**
   * Does something that gives the import as it is then; tells whether it was done. Where the service
   * is away it is done once that is there again. What was decided and mended before comes first;
   * while one thing is done, a second is not begun.
   */
  async act(asked: () => Promise<Draft>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    const isDone = await this.#put(asked);
    this.isBusy = false;
    return isDone;
  }

  /** Decides; `body` is asked for when those before are done, with what they have decided. */
  decide(body: () => Decisions): Promise<boolean> {
    const { params } = this;
    return this.#put(async () =>
      draftOf(await take(api.PATCH("/api/v3/imports/{import_id}", { params, body: body() }))),
    );
  }

  check(): Promise<boolean> {
    const { params } = this;
    return this.act(async () =>
      draftOf(await take(api.POST("/api/v3/imports/{import_id}/check", { params }))),
    );
  }

  readSo(field: string, reading: Reading): Promise<boolean> {
    const { params } = this;
    const body = { field, reading };
    return this.act(async () =>
      draftOf(await take(api.POST("/api/v3/imports/{import_id}/readings", { params, body }))),
    );
  }

  takeBack(number: number): Promise<boolean> {
    const params = { path: { ...this.params.path, number } };
    return this.act(async () =>
      draftOf(await take(api.DELETE("/api/v3/imports/{import_id}/edits/{number}", { params }))),
    );
  }

  /** Puts a text in the place of a cell; gives the row as it is then, or raises Problem. */
  async mend(row: number, field: string, text: string): Promise<Row | undefined> {
    const { params } = this;
    const cells = [{ row, field, value: text === "" ? null : text }];
    return this.#inTurn(async () => {
      const { data } = await this.#reach(() =>
        take(api.PATCH("/api/v3/imports/{import_id}/cells", { params, body: { cells } })),
      );
      this.data = draftOf({ data: data.draft });
      return data.rows[0];
    });
  }

  retry(): Promise<boolean> {
    const { params } = this;
    return this.act(async () =>
      draftOf(await take(api.POST("/api/v3/imports/{import_id}/retry", { params }))),
    );
  }

  async #put(asked: () => Promise<Draft>): Promise<boolean> {
    try {
      await this.#inTurn(async () => (this.data = await this.#reach(asked)));
      return true;
    } catch (thrown) {
      this.refusal = asProblem(thrown);
      return false;
    }
  }

  /** A person may be quicker than the answers: one thing is done after the other, and none is lost. */
  #inTurn<T>(asked: () => Promise<T>): Promise<T> {
    const done = this.#last.then(asked);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Asks, and asks again when the service is back; says meanwhile that it is away. */
  async #reach<T>(asked: () => Promise<T>): Promise<T> {
    for (;;) {
      this.refusal = undefined;
      try {
        return await asked();
      } catch (thrown) {
        const problem = asProblem(thrown);
        if (!problem.isOffline) throw thrown;
        this.refusal = problem;
        await connection.returned();
      }
    }
  }

  #hear(part: Partial<Draft>): boolean {
    if (!this.data) return false;
    this.data = { ...this.data, ...part };
    if (isRunning(this.data)) return false;
    void this.load();
    return true;
  }
}

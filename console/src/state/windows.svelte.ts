import { asProblem, type Problem } from "../api/client";
import { connection } from "./connection.svelte";

export const WINDOW_ROWS = 100;
const SETTLED_MS = 60;

/** Rows of a long list, read in windows of 100 as they come into view, and kept. */
export class Windows<T> {
  total = $state<number>();
  problem = $state.raw<Problem>();
  #windows = $state.raw(new Map<number, T[]>());
  #asked = new Set<number>();
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #seen: [number, number] = [0, 0];

  /** `read` gives a window's rows, and how many rows there are in all. */
  constructor(private read: (window: number) => Promise<{ rows: T[]; total: number }>) {
    $effect(() => connection.onReturn(() => this.problem?.isOffline && this.again()));
  }

  row(index: number): T | undefined {
    return this.#windows.get(Math.floor(index / WINDOW_ROWS))?.[index % WINDOW_ROWS];
  }

  /** Reads what is in view once scrolling has settled. */
  see(first: number, last: number): void {
    this.#seen = [first, last];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#readSeen(), this.total === undefined ? 0 : SETTLED_MS);
  }

  /** Puts a row in the place of one that was read. */
  put(index: number, row: T): void {
    const window = Math.floor(index / WINDOW_ROWS);
    const rows = this.#windows.get(window);
    if (!rows) return;
    const changed = [...rows];
    changed[index % WINDOW_ROWS] = row;
    this.#windows = new Map(this.#windows).set(window, changed);
  }

  /** Reads anew: what is shown stays until its successor is there. */
  async again(): Promise<void> {
    const turn = ++this.#turn;
    const window = Math.floor(this.#seen[0] / WINDOW_ROWS);
    this.#asked = new Set([window]);
    try {
      const { rows, total } = await this.read(window);
      if (turn !== this.#turn) return;
      this.#windows = new Map([[window, rows]]);
      this.total = total;
      this.problem = undefined;
      this.#readSeen();
    } catch (thrown) {
      if (turn === this.#turn) this.problem = asProblem(thrown);
    }
  }

  #readSeen(): void {
    if (this.total === undefined) return;
    const last = Math.min(this.#seen[1], this.total - 1);
    for (let index = this.#seen[0]; index <= last; index += WINDOW_ROWS) this.#ask(index);
    if (last >= 0) this.#ask(last);
  }

  #ask(index: number): void {
    const window = Math.floor(index / WINDOW_ROWS);
    if (this.#asked.has(window)) return;
    this.#asked.add(window);
    const turn = this.#turn;
    this.read(window).then(
      ({ rows }) => {
        if (turn !== this.#turn) return;
        this.#windows = new Map(this.#windows).set(window, rows);
      },
      (thrown: unknown) => {
        this.#asked.delete(window);
        if (turn === this.#turn) this.problem = asProblem(thrown);
      },
    );
  }
}

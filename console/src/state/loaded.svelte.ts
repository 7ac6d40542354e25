import { asProblem, type Problem } from "../api/client";
import { connection } from "./connection.svelte";

const SLOW_MS = 300;

/** What a page shows of the service: loaded, loading, or why not; what was shown stays meanwhile. */
export class Loaded<T> {
  data = $state.raw<T>();
  problem = $state.raw<Problem>();
  isLoading = $state(false);
  isSlow = $state(false);
  #turn = 0;
  #read: () => Promise<T>;

  constructor(read: () => Promise<T>) {
    this.#read = read;
    $effect(() => connection.onReturn(() => this.problem?.isOffline && this.load()));
    $effect(() => {
      void this.load();
    });
  }

  /** Reads again; only the latest reading counts. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    const slow = setTimeout(() => turn === this.#turn && (this.isSlow = true), SLOW_MS);
    try {
      const reading = this.#read();
      this.isLoading = true;
      const data = await reading;
      if (turn !== this.#turn) return;
      this.data = data;
      this.problem = undefined;
    } catch (thrown) {
      if (turn === this.#turn) this.problem = asProblem(thrown);
    } finally {
      clearTimeout(slow);
      if (turn === this.#turn) {
        this.isLoading = false;
        this.isSlow = false;
      }
    }
  }
}

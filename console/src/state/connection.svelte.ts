const ASK_EVERY_MS = 1500;

/** Whether the service is reached, and who wants to know when it is again. */
class Connection {
  isLost = $state(false);
  #waiting = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  wasLost(): void {
    this.isLost = true;
    this.#timer ??= setTimeout(() => void this.#ask(), ASK_EVERY_MS);
  }

  wasReached(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.isLost) return;
    this.isLost = false;
    for (const told of [...this.#waiting]) told();
  }

  /** Asks whether the service is there, where something else than a request has broken off. */
  doubt(): void {
    if (!this.isLost) void this.#ask();
  }

  /** Calls when the service is there again; gives what ends that. */
  onReturn(told: () => void): () => void {
    this.#waiting.add(told);
    return () => this.#waiting.delete(told);
  }

  /** Resolves once the service is there again; rejects where that is not wanted any more. */
  returned(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = this.onReturn(() => {
        end();
        resolve();
      });
      signal?.addEventListener("abort", () => {
        end();
        reject(signal.reason as Error);
      });
    });
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    try {
      const answer = await fetch("/healthz", { cache: "no-store" });
      if (answer.ok) this.wasReached();
      else this.wasLost();
    } catch {
      this.wasLost();
    }
  }
}

export const connection = new Connection();

import { asProblem } from "../api/client";

export interface Toast {
  id: number;
  text: string;
  kind: "ok" | "bad";
  action?: { label: string; run: () => void };
}

const SHOWN_MS = 8000;

class Toasts {
  all = $state<Toast[]>([]);
  #next = 1;

  say(text: string, action?: Toast["action"]): void {
    this.#add({ id: this.#next++, text, kind: "ok", action });
  }

  warn(text: string): void {
    this.#add({ id: this.#next++, text, kind: "bad" });
  }

  /** Does some work; says what it gives, or why it came to nothing. */
  async tell(work: () => Promise<string>): Promise<void> {
    try {
      this.say(await work());
    } catch (thrown) {
      this.warn(asProblem(thrown).message);
    }
  }

  close(id: number): void {
    this.all = this.all.filter((toast) => toast.id !== id);
  }

  #add(toast: Toast): void {
    this.all = [...this.all.slice(-2), toast];
    setTimeout(() => this.close(toast.id), SHOWN_MS);
  }
}

export const toasts = new Toasts();

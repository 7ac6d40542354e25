import { connection } from "../state/connection.svelte";

/**
 * Follows an event stream while the page is seen; gives what ends that.
 *
 * `heard` says whether that was the last of it. One stream at a time is enough for a page, since a
 * browser holds six connections to a host.
 */
export function follow<T>(path: string, heard: (data: T) => boolean): () => void {
  let source: EventSource | undefined;
  let isOver = false;

  function begin(): void {
    if (isOver || document.hidden || source) return;
    source = new EventSource(path);
    source.onmessage = (event: MessageEvent<string>) => {
      if (heard(JSON.parse(event.data) as T)) end();
    };
    source.onerror = () => {
      connection.doubt();
      // A stream that the service refuses is not tried again by the browser.
      if (source?.readyState === EventSource.CLOSED) {
        pause();
        setTimeout(begin, 2000);
      }
    };
  }

  function pause(): void {
    source?.close();
    source = undefined;
  }

  function watch(): void {
    if (document.hidden) pause();
    else begin();
  }

  function end(): void {
    isOver = true;
    pause();
    document.removeEventListener("visibilitychange", watch);
  }

  document.addEventListener("visibilitychange", watch);
  begin();
  return end;
}

/** Calls again and again while the page is seen, until told that it was the last time. */
export function repeat(milliseconds: number, call: () => Promise<boolean>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  async function step(): Promise<void> {
    if (isOver) return;
    if (!document.hidden && !(await call())) return;
    if (!isOver) timer = setTimeout(() => void step(), milliseconds);
  }

  timer = setTimeout(() => void step(), milliseconds);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

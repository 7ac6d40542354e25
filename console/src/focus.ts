const HEADINGS = "h1, h2, h3";

/**
 * Gives the focus a place when what had it goes from the page: the heading of what has come instead,
 * or else of the part that it was in. Without that, whoever uses a keyboard or a screen reader begins
 * at the top of the page again. What is only moved within the page gets the focus back.
 */
export function keepFocus(): void {
  let path: Element[] = [];
  document.addEventListener("focusin", ({ target }) => (path = lineage(target as Element)));
  document.addEventListener("focusout", ({ target, relatedTarget }) => {
    if (relatedTarget) return;
    requestAnimationFrame(() => {
      // A click beside all controls leaves the focus nowhere, and is meant so.
      if (path[0] === target && path[0]?.isConnected && isNowhere()) path = [];
    });
  });
  new MutationObserver((changes) => {
    const [lost] = path;
    if (!(lost instanceof HTMLElement) || !isNowhere()) return;
    if (!lost.isConnected) settle(path, changes);
    else if (changes.some((change) => hasMoved(change, lost))) lost.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

/** Takes a person to a heading, at which Tab alone would not stop. */
export function focusHeading(heading: HTMLElement, options?: FocusOptions): void {
  if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
  heading.focus(options);
}

/** The first heading within a part of the page that can be seen. */
export function headingOf(part: Node): HTMLElement | undefined {
  if (!(part instanceof HTMLElement) || !part.isConnected) return undefined;
  const all = [...part.querySelectorAll<HTMLElement>(HEADINGS)];
  if (part.matches(HEADINGS)) all.unshift(part);
  return all.find((one) => one.checkVisibility() && !one.closest("dialog"));
}

function settle(path: readonly Element[], changes: readonly MutationRecord[]): void {
  const come = changes.flatMap((change) => [...change.addedNodes]);
  const fresh = come.map(headingOf).find(Boolean);
  const heading = fresh ?? path.map(headingOf).find(Boolean);
  if (heading) focusHeading(heading, { preventScroll: !fresh });
}

function hasMoved(change: MutationRecord, element: Element): boolean {
  return [...change.removedNodes].some((one) => one.contains(element));
}

function isNowhere(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

function lineage(element: Element): Element[] {
  const found: Element[] = [];
  for (let one: Element | null = element; one; one = one.parentElement) found.push(one);
  return found;
}

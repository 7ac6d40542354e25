/** What of a page is shown just now, as a step of it: it leads the title of the browser's window. */
class Title {
  part = $state("");
}

export const title = new Title();

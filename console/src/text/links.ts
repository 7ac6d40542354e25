/** The sentences of import links, and of who comes by one, in English. */

import { count, many } from "./en";

export const l = {
  title: "Import links",
  intro:
    "By a link, people without an account send you a file of one type. Nothing of it is written before somebody of your organization approves it.",
  create: "New link",
  none: "No links yet",
  noneText: "Make one for a supplier or a branch, and send them its address.",
  name: "For whom",
  nameHint: "They see it, and so do you in the list.",
  until: "Works for",
  lifetimes: { "1": "A day", "7": "A week", "30": "30 days", "90": "90 days", "365": "A year" },
  rows: "Rows of a file at most",
  make: "Make the link",
  onceTitle: "Copy the address now",
  onceText:
    "It is shown this once. Whoever has it can send files for approval, and see nothing else.",
  address: "Address of the link",
  end: "End",
  endTitle: (name: string) => `End the link ${name}?`,
  endText:
    "It stops at once, for everybody who has it. What was begun and not sent goes; what was sent stays.",
  ended: "The link has ended",
  used: (drafts: number, sent: number, waiting: number) =>
    [
      `${count(drafts)} begun`,
      `${count(sent)} sent`,
      ...(waiting ? [`${many(waiting, "import waits", "imports wait")} for approval`] : []),
    ].join(", "),
  until_: (when: string) => `until ${when}`,
  in: {
    title: (type: string, organization: string) => `${type} for ${organization}`,
    loading: "Import by link",
    intro: (rows: number, size: string) =>
      `Send a spreadsheet or a text file of at most ${many(rows, "row", "rows")} and ${size}. You see what is wrong with it and mend it here; then a person looks at it before anything is taken.`,
    noSecret: "The address is not whole: open the link as it was given to you.",
    expected: "What a row may have",
    required: "required",
    remembered:
      "This browser remembers the file: you may close the page and come back by the same link.",
    another: "Send another file",
    gone: "What you had begun here is not kept any more. You can begin again with a file.",
    waits:
      "It is sent, and waits for approval. Come back by the same link to see what became of it.",
    refused: "It was refused.",
    returned: "It was given back to you. Mend it, and send it again.",
    approved: (rows: number) => `It was approved: ${many(rows, "row is", "rows are")} taken.`,
    working: "It was approved, and its rows are being taken.",
    left: (rows: number) => `${many(rows, "row was", "rows were")} not taken.`,
  },
};

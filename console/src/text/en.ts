/** Every sentence of the console, in English. */

const whole = new Intl.NumberFormat("en");
export const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
export const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "short",
});
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export const count = (value: number): string => whole.format(value);
export const many = (value: number, one: string, more: string): string =>
  `${count(value)} ${value === 1 ? one : more}`;

/** An instant of the API; those without a zone are UTC. */
export function instant(text: string): Date {
  const iso = text.replace(" ", "T");
  return new Date(/Z$|[+-]\d{2}:?\d{2}$/.test(iso) ? iso : `${iso}Z`);
}

function since(text: string): string {
  const seconds = (instant(text).getTime() - Date.now()) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return ago.format(Math.round(seconds / size), unit);
  }
  return "just now";
}

function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  const units = ["kB", "MB", "GB"];
  let value = size;
  let unit = -1;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export const t = {
  product: "Transload",
  number: count,
  since,
  bytes,
  day: (text: string) => day.format(instant(text)),
  moment: (text: string) => moment.format(instant(text)),
  skip: "Skip to the page",
  again: "Try again",
  close: "Close",
  copy: "Copy",
  cancel: "Cancel",
  save: "Save",
  remove: "Delete",
  add: "Add",
  loading: "Loading",
  offline:
    "The service cannot be reached. What you have entered is kept; this page goes on by itself.",
  signOut: "Sign out",
  theme: { system: "Colours of the system", light: "Light colours", dark: "Dark colours" },
  nav: {
    label: "Main",
    account: "Account and colours",
    data: "Data",
    imports: "Imports",
    exports: "Exports",
    settings: "Settings",
  },
  pages: {
    label: "Pages",
    where: (page: number, last: number) => `Page ${count(page)} of ${count(last)}`,
    before: "Previous",
    after: "Next",
  },
  problem: {
    unexpected: "Something went wrong, and the service did not say what.",
    offline: "The service cannot be reached.",
    request: "Request",
  },
  missing: {
    title: "There is no such page",
    text: "The address leads nowhere in the console.",
    home: "Go to your data",
    old: "This page could not be loaded",
    oldText: "The console may have been updated since you opened it.",
    reload: "Load it again",
  },
  palette: {
    open: "Go to",
    title: "Go to a page",
    hint: "Type a name",
    none: "No page has this name.",
    records: (name: string) => `Records: ${name}`,
  },
  signIn: {
    title: "Sign in",
    email: "E-mail",
    password: "Password",
    action: "Sign in",
    busy: "Signing in",
    wait: (seconds: number) =>
      `Too many tries. Wait ${many(seconds, "second", "seconds")}, then try again.`,
    by: (name: string) => `Sign in with ${name}`,
    problems: {
      expired: "This sign-in was begun too long ago, or in another browser. Try again.",
      refused: "You were not signed in there. Try again.",
      unreachable:
        "The sign-in could not be checked, or its service is out of reach. Try again; if it goes on, tell an administrator.",
      unverified:
        "Your e-mail is not verified where you signed in. Verify it there, or ask an administrator.",
      "not-allowed": "You are known there, but not let in here. Ask an administrator.",
      unknown: "You are known there, but have no account here. Ask an administrator to invite you.",
      inactive: "Your account is switched off. Ask an administrator.",
    } as Record<string, string>,
    help: "No password yet, or forgotten? An administrator can give you a link to sign in with.",
    passwordHint: "At least 12 characters. A few words that only you put together are good.",
    newPassword: "New password",
    byLink: "Welcome",
    byLinkText: "Choose a password; you sign in with it from now on.",
    byLinkAction: "Set password and sign in",
    without: "Sign in without a password this time",
    noSecret:
      "This address leads nowhere without what follows its #. Open the link whole, as it was given to you.",
    again: "Your session is over",
    againText: "Sign in again; this page then goes on where it was.",
  },
  start: {
    title: "Start Transload",
    intro: "You are the first. Your account owns the organization; you invite others later.",
    organization: "Name of your organization",
    name: "Your name",
    action: "Start",
  },
  grid: {
    keys: "Arrows move, Enter opens",
    keysEdit: "Arrows move, Enter edits, Space opens the record, Ctrl Z takes back",
    fault: (column: string, sentence: string) => `${column}: ${sentence}`,
    before: (column: string, value: string) => `${column} is “${value}” now.`,
  },
  types: {
    title: "Data",
    intro: "What your organization keeps, one type of record each.",
    create: "New type",
    fromFile: "From a file",
    none: "No data types yet",
    noneText: "A data type says which fields your records have: outlets, customers, prices.",
    records: (total: number) => many(total, "record", "records"),
    changed: (text: string) => `changed ${since(text)}`,
    fields: (total: number) => many(total, "field", "fields"),
    common: "shared by all hubs",
    limited: "limited to named users",
  },
  records: {
    search: "Search",
    searchHint: "Search in all values",
    fields: "Fields",
    create: "New record",
    exportThese: "Export these",
    importInto: "Import",
    count: (total: number) => many(total, "record", "records"),
    grid: (name: string) => `Records of ${name}`,
    none: "No records yet",
    noneText: "Add the first by hand, or bring a file.",
    noMatch: "No record matches",
    noMatchText: "Search and filters leave nothing over.",
    clear: "Clear search and filters",
    saved: "Saved",
    undone: "Taken back",
    record: "Record",
    created: "Record added",
    deleted: "Record deleted",
    confirmDelete: (key: string) => `Delete ${key}? This cannot be taken back.`,
    hub: "Hub",
    anyHub: "All hubs",
    system: "Kept by the service",
    columns: "Columns",
    columnsTitle: "Which columns to show",
    createdTime: "Created",
    updatedTime: "Changed",
    required: "required",
    requiredField: (name: string) => `${name} (required)`,
    listHint: "Items with commas between them.",
    history: (who: string, when: string) => `Changed ${when} by ${who}`,
  },
  newType: {
    title: "New data type",
    name: "Name",
    nameHint: "What one kind of your records is called together: Outlets, Prices.",
    key: "What identifies a record",
    keyHint: "The title of the first field. Each record has a value of its own in it.",
    keyDefault: "Code",
    scope: "Where a record belongs",
    perHub: "To one hub: each hub keeps its own",
    common: "To the whole organization",
    action: "Create and add fields",
  },
  schema: {
    title: "Fields",
    intro:
      "What a record holds. Records follow a change; one that would not fit keeps it from being saved.",
    name: "Name of the type",
    key: "identifies",
    isNew: "new",
    edit: (name: string) => `Edit ${name}`,
    more: (name: string) => `More for ${name}`,
    up: "Move up",
    down: "Move down",
    remove: "Remove",
    add: "Add a field",
    newTitle: "field",
    fieldTitle: "Title",
    kind: "Kind of value",
    options: "Values",
    optionsHint: "One a line.",
    description: "Description",
    descriptionHint: "Shown where people fill the field in, and as a note in templates.",
    id: "Name for programs",
    idHint: "Fixed once the field is saved.",
    isRequired: "Required",
    isVisible: "In exports by default",
    removes: (names: string) => `Saving removes ${names} with all values, from every record.`,
    save: "Save fields",
    saved: "Fields saved",
    discard: "Discard changes",
    nothingChanged: "Nothing was changed. Mend the record, or choose another kind of value.",
    deleteType: "Delete this type",
    deleteTitle: (name: string) => `Delete ${name}?`,
    deleteText: (total: number) =>
      `${many(total, "record goes", "records go")} with it. This cannot be taken back.`,
    deleteAction: "Delete type and records",
    deleted: (name: string) => `${name} is deleted`,
  },
  percent: (value: number) => `${Math.floor(value)} %`,
  copied: "Copied",
  operators: {
    contains: "contains",
    eq: "is",
    ne: "is not",
    lt: "is less than",
    le: "is at most",
    gt: "is more than",
    ge: "is at least",
    startsWith: "begins with",
    in: "is one of",
    isEmpty: "has no value",
    isNotEmpty: "has a value",
  },
  filters: {
    add: "Filter",
    title: "Filter",
    field: "Field",
    operator: "Condition",
    value: "Value",
    listHint: "Values with commas between them.",
    apply: "Apply",
    drop: (sentence: string) => `Without the filter: ${sentence}`,
  },
  chooser: {
    count: (chosen: number, all: number) => `${count(chosen)} of ${count(all)} chosen`,
    all: "All",
    none: "None",
    up: (name: string) => `Move ${name} up`,
    down: (name: string) => `Move ${name} down`,
  },
  system: {
    _id: "Id",
    hubId: "Hub",
    createdTime: "Created",
    createdBy: "Created by",
    updatedTime: "Changed",
    updatedBy: "Changed by",
  },
  formats: {
    xlsx: "Excel workbook",
    csv: "CSV text",
    json: "JSON",
    ndjson: "JSON lines",
    parquet: "Parquet",
  } as Record<string, string>,
  formatNotes: {
    xlsx: "Numbers and dates as such. Text over 32,767 characters is cut, and the export says so.",
    csv: "For any program. A spreadsheet that guesses loses leading zeros.",
    json: "Every value as it is kept; no titles.",
    ndjson: "As JSON, one record a line.",
    parquet: "For analysis: typed columns, small files.",
  } as Record<string, string>,
  exports: {
    title: "Exports",
    intro: "Files that were made of your data in the last 30 days.",
    create: "New export",
    which: "Which exports",
    states: { all: "All", Processing: "Under way", Done: "Done", Failed: "Failed" },
    none: "No exports yet",
    noneSo: "No export is in this state",
    noneText: "An export puts records into a file: for Excel, for programs, for analysis.",
    progress: (value: number) => `${Math.floor(value)} % done`,
    progressOf: (name: string) => `Export of ${name}`,
    gone: "file removed",
    goneText: "The file was removed. Its entry stays in the log for 30 days.",
    fetch: "Download",
    more: (name: string) => `More for ${name}`,
    open: "Open",
    cancel: "Stop the export",
    cancelled: "The export is stopped",
    remove: "Remove the file",
    removed: "The file is removed",
    sure: "Links to it stop working.",
    one: (name: string) => (name ? `Export of ${name}` : "Export"),
    running: "The file is being made",
    leave: "You may leave this page: the export goes on, and its file will be in the log.",
    copy: "Copy link",
    copied: "The link is copied. It works for a day, for whoever has it.",
    kept: (text: string) => `Kept until ${day.format(instant(text))}.`,
    truncated: (all: number, written: number) =>
      `${count(all)} records matched; the file holds the first ${count(written)}.`,
    by: "Asked for by",
    asked: "Asked for",
    ended: "Ended",
    format: "Format",
  },
  imports: {
    title: "Imports",
    intro: "Files that were brought in during the last 30 days.",
    create: "Import a file",
    none: "No imports yet",
    noneText:
      "Bring a spreadsheet or a text file: every row is checked, and those that do not fit come back with the reason.",
    one: "Import",
    checkOnly: "check",
    done: (done: number, rows: number) => `${count(done)} of ${many(rows, "row", "rows")}`,
    summary: (valid: number, invalid: number) =>
      invalid
        ? `${count(valid)} rows fit, ${count(invalid)} do not`
        : `${many(valid, "row fits", "rows fit")}`,
    checking: "The rows are being checked",
    running: "The rows are being imported",
    leave: "You may leave this page: it goes on by itself.",
    created: "new",
    updated: "changed",
    unchanged: "the same",
    invalid: "with problems",
    leftOut: "left out",
    outcome: (isCheck: boolean, valid: number, invalid: number) => {
      const good = isCheck
        ? `${many(valid, "row fits", "rows fit")}; nothing has been written yet.`
        : `${many(valid, "row is", "rows are")} in the store.`;
      return invalid ? `${good} ${many(invalid, "row has", "rows have")} problems.` : good;
    },
    stop: "Stop the import",
    see: "See the records",
    failed: (rows: number) => `Download the ${many(rows, "row", "rows")} with problems`,
    failedText:
      "That file holds the rows as they were, each with what is wrong with it. Mend them there and import the file as it is.",
    template: "Template",
    rows: "Rows in the file",
  },
  undo: {
    action: "Undo the import",
    title: "Undo this import?",
    text: (removed: number, restored: number, kept: number) =>
      `${many(removed, "record goes", "records go")}, ${many(restored, "is", "are")} as before, ` +
      `${many(kept, "stays", "stay")} because of an edit since.`,
    confirm: "Undo it",
    done: (removed: number, restored: number, kept: number) =>
      `Taken back: ${count(removed)} removed, ${count(restored)} as before, ${count(kept)} kept.`,
  },
  newImport: {
    title: "Import a file",
    intro:
      "Any spreadsheet or text file: its columns are matched to fields, and each row is checked first.",
    file: "File",
    drop: "Drop a file here, paste cells, or choose one",
    kinds: "Excel, CSV and other text, ODS, JSON or Parquet; at most 20 MB",
    choose: "Choose a file",
    other: "Choose another",
    pasted: "pasted.txt",
    mode: "What may become of a row",
    modes: {
      upsert: "New ones are added, known ones changed",
      insert: "New ones only: a known one is a problem",
      update: "Known ones only: a new one is a problem",
    },
    sheet: "Sheet",
    headerRowHint: "From 1; 0 if there are none.",
    delimiter: "Between cells",
    delimiters: { ",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar" } as Record<
      string,
      string
    >,
    checkText:
      "Nothing is written before you have seen what each row would do. You may leave at any step and come back.",
  },
  newExport: {
    title: "New export",
    which: "Which records",
    type: "Data type",
    allTypes: "All data types",
    columns: "Columns",
    sortBy: "Sort by",
    order: "Order",
    rising: "Rising",
    falling: "Falling",
    format: "Format",
    matches: (total: number, files: number) =>
      `${many(total, "record matches", "records match")}${files > 1 ? `: ${count(files)} files` : ""}.`,
    action: "Export",
    busy: "Starting",
    curl: "Copy as curl",
  },
  account: {
    title: "My account",
    intro: "Your password, where you are signed in, and colours.",
    password: "Password",
    current: "Current password",
    setPassword: "Set password",
    passwordSet: "The password is set. Your other sessions have ended.",
    sessions: "Where you are signed in",
    noSessions: "No browser is signed in; you use a token.",
    here: "this browser",
    used: (text: string) => `used ${since(text)}`,
    end: "Sign out there",
    ended: "Signed out there",
    colours: "Colours",
    program: "Another program",
    browser: (name: string, system?: string) => (system ? `${name} on ${system}` : name),
  },
  users: {
    title: "Users",
    intro: "Who comes in, and with which role.",
    search: "Search by name or e-mail",
    invite: "Invite a user",
    inviteAction: "Make the invitation",
    invited: "The invitation is made",
    none: "Nobody has this name or e-mail.",
    name: "Name",
    role: "Role",
    allHubs: "This role sees all hubs.",
    seen: (text: string) => `signed in ${since(text)}`,
    states: { active: "active", pending: "invited", inactive: "not let in" } as Record<
      string,
      string
    >,
    more: (email: string) => `More for ${email}`,
    edit: "Change",
    editTitle: (email: string) => `Change ${email}`,
    newLink: "New sign-in link",
    letIn: "Let in again",
    letOut: "Let in no more",
    remove: "Remove",
    removed: (email: string) => `${email} is removed`,
    removeTitle: (email: string) => `Remove ${email}?`,
    removeText: "They are signed out at once and their tokens end. What they wrote stays.",
    saved: "Saved",
    linkTitle: (email: string) => `Invitation for ${email}`,
    linkText: "Give this link to them. It works once, within seven days, and is shown only now.",
    link: "Link",
  },
  hubs: {
    title: "Hubs",
    intro: "The places that records belong to: branches, depots, shops.",
    search: "Search by name or address",
    create: "New hub",
    none: "No hubs yet",
    noneText: "A hub is a place that records belong to. Users see the hubs that they are given.",
    noMatch: "No hub has this name or address.",
    name: "Name",
    address: "Address",
    lat: "Latitude",
    latHint: "Degrees north, for example -6.17.",
    lng: "Longitude",
    lngHint: "Degrees east, for example 106.82.",
    at: (lat: number, lng: number) => `${lat}, ${lng}`,
    more: (name: string) => `More for ${name}`,
    edit: "Change",
    editTitle: (name: string) => `Change ${name}`,
    saved: "Saved",
    removed: (name: string) => `${name} is deleted`,
    removeTitle: (name: string) => `Delete ${name}?`,
    removeText: "A hub that has records stays; move or delete these first.",
  },
  fieldTypes: {
    string: "Text",
    text: "Long text",
    number: "Number",
    boolean: "Yes or no",
    date: "Date",
    dateTime: "Date and time",
    time: "Time of day",
    coordinate: "Coordinate",
    phone: "Phone number",
    option: "One of a few",
    list: "List",
  } as Record<string, string>,
};

import type { components } from "../../api/schema";
import { FIELD_TYPES } from "../../parts/fieldTypes";
import type { Column } from "../../parts/grid";

export type Field = components["schemas"]["FieldObject"];
export type DataType = components["schemas"]["DataTypeObject"];
export type RecordObject = Record<string, unknown>;

const LETTER_PX = 9;
const MOST_LETTERS = 24;

/** A value as text: what a cell shows, and what is sent back when it is edited. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What an edit sends: lists as JSON, where that is what was typed; all else as text. */
export function sent(field: Field, text: string): unknown {
  if (text === "") return null;
  if (field.type !== "list") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.split(",").map((item) => item.trim());
  }
}

export function optionsOf(field: Field): readonly string[] | undefined {
  if (field.optionData.length) return field.optionData;
  return field.type === "boolean" ? ["true", "false"] : undefined;
}

export function columnOf(field: Field, sorted: string): Column {
  const title = field.title || field.id;
  const type = FIELD_TYPES[field.type];
  const needed = 32 + Math.min(title.length, MOST_LETTERS) * LETTER_PX;
  return {
    id: field.id,
    title,
    width: Math.max(type.width, needed),
    isNumber: type.isNumber ?? false,
    sort: sorted === field.id ? "ascending" : sorted === `-${field.id}` ? "descending" : "none",
    options: optionsOf(field),
    isEditable: true,
  };
}

/** A field's id made of its title, unlike the others. */
export function idFor(title: string, taken: readonly string[]): string {
  const words = title
    .normalize("NFKD")
    .replace(/[^\w\s]/g, "")
    .trim()
    .split(/[\s_]+/);
  const camel = words
    .map((word, index) =>
      index
        ? word.charAt(0).toUpperCase() + word.slice(1)
        : word.charAt(0).toLowerCase() + word.slice(1),
    )
    .join("");
  const base = /^[a-zA-Z]/.test(camel) ? camel : `field${camel}`;
  let id = base;
  for (let number = 2; taken.includes(id); number += 1) id = `${base}${number}`;
  return id;
}

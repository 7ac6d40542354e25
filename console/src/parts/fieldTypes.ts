import type { components } from "../api/schema";

export type FieldType = components["schemas"]["FieldObject"]["type"];

interface Described {
  /** What conditions can ask of it; a row of the table in filters.ts. */
  asked: "text" | "ordered" | "closed" | "boolean" | "list";
  /** The width of its column, in pixels. */
  width: number;
  /** Shown to the right, and typed on a keyboard of digits. */
  isNumber?: true;
  /** What a definition has to say beside the type. */
  needs?: "options" | "currency";
}

/** What the console knows of each type of field; its name for people is `fieldTypes` in the texts. */
export const FIELD_TYPES: Record<FieldType, Described> = {
  string: { asked: "text", width: 190 },
  text: { asked: "text", width: 190 },
  number: { asked: "ordered", width: 110, isNumber: true },
  money: { asked: "ordered", width: 130, isNumber: true, needs: "currency" },
  boolean: { asked: "boolean", width: 90 },
  date: { asked: "ordered", width: 120 },
  dateTime: { asked: "ordered", width: 170 },
  time: { asked: "ordered", width: 100 },
  coordinate: { asked: "text", width: 180 },
  phone: { asked: "text", width: 150 },
  option: { asked: "closed", width: 190, needs: "options" },
  list: { asked: "list", width: 200 },
};

import { t } from "../text/en";
import { FIELD_TYPES, type FieldType } from "./fieldTypes";

export interface Filter {
  field: string;
  operator: Operator;
  value?: string | string[];
}
export type Operator = keyof typeof t.operators;

export interface Filterable {
  id: string;
  title: string;
  type: FieldType;
  optionData: readonly string[];
}

const OPERATORS = {
  text: ["contains", "eq", "ne", "startsWith", "in", "isEmpty", "isNotEmpty"],
  ordered: ["eq", "ne", "lt", "le", "gt", "ge", "isEmpty", "isNotEmpty"],
  closed: ["eq", "ne", "in", "isEmpty", "isNotEmpty"],
  boolean: ["eq", "isEmpty", "isNotEmpty"],
  list: ["contains", "isEmpty", "isNotEmpty"],
} satisfies Record<string, readonly Operator[]>;

/** What can be asked of a field. */
export function operatorsOf(field: Filterable): readonly Operator[] {
  return OPERATORS[field.optionData.length ? "closed" : FIELD_TYPES[field.type].asked];
}

export function needsValue(operator: Operator): boolean {
  return operator !== "isEmpty" && operator !== "isNotEmpty";
}

/** The filters that an address holds; what is none is left out. */
export function parseFilters(text: string | null): Filter[] {
  if (!text) return [];
  try {
    const found: unknown = JSON.parse(text);
    if (!Array.isArray(found)) return [];
    return found.filter(
      (one: Partial<Filter>) => typeof one?.field === "string" && `${one.operator}` in t.operators,
    ) as Filter[];
  } catch {
    return [];
  }
}

export function filtersText(filters: readonly Filter[]): string | null {
  return filters.length ? JSON.stringify(filters) : null;
}

export function sentence(filter: Filter, fields: readonly Filterable[]): string {
  const field = fields.find((one) => one.id === filter.field);
  const value = Array.isArray(filter.value) ? filter.value.join(", ") : (filter.value ?? "");
  return `${field?.title || filter.field} ${t.operators[filter.operator]} ${value}`.trim();
}

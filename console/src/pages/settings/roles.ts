import type { components } from "../../api/schema";
import { api, Problem, take } from "../../api/client";

export type Role = components["schemas"]["RoleObject"];
export type Permission = components["schemas"]["PermissionObject"];
export type Detail = components["schemas"]["DetailBody"];
type DataType = components["schemas"]["ListedDataType"];

/** Something whose fields a role can hide: a data type's, or a flow's. */
export interface Thing {
  kind: "type" | "flow";
  id: string;
  name: string;
  fields: readonly { id: string; title: string }[];
}

/** What no role hides: it says which record or task something is. */
const NEVER_HIDDEN = new Set(["dataId", "dataTypeId", "hubId", "flowId", "_id"]);
const FORBIDDEN = 403;

/** All permissions by the menu that they belong to: the owner's role has every one. */
export function permissionsByMenu(roles: readonly Role[]): [string, Permission[]][] {
  const found = new Map<string, Permission[]>();
  for (const one of roles.find((role) => role.isAdmin)?.permissions ?? []) {
    found.set(one.menu, [...(found.get(one.menu) ?? []), one]);
  }
  return [...found];
}

/** How many fields a role hides. */
export function hiddenBy(role: Role): number {
  return role.permissionDetails.reduce((sum, one) => sum + (one.hiddenFields?.length ?? 0), 0);
}

/** The data types and flows that the person sees, with their fields. */
export async function readThings(): Promise<Thing[]> {
  const query = { limit: 1000 };
  const [types, flows] = await Promise.all([
    seen(async () => {
      const answer = await take(api.GET("/api/v3/data-types", { params: { query } }));
      return answer.data_types.data.map(ofType);
    }),
    seen(async () => {
      const answer = await take(api.GET("/api/v3/flows", { params: { query: { limit: 100 } } }));
      return answer.flows.data.map((flow) => ofFlow(flow._id, flow.name, flow.pages));
    }),
  ]);
  return [...types, ...flows];
}

/** Gives nothing where the role does not see it. */
async function seen(read: () => Promise<Thing[]>): Promise<Thing[]> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.status === FORBIDDEN) return [];
    throw thrown;
  }
}

function ofType(type: DataType): Thing {
  const fields = (type.fields ?? []).map(({ id, title }) => ({ id, title: title || id }));
  return thing("type", type._id, type.name, fields);
}

function ofFlow(id?: string, name?: string, pages?: Record<string, unknown>[]): Thing {
  const components = (pages ?? []).flatMap(
    (page) => (page.components ?? []) as { id: string; title?: string }[],
  );
  const fields = components.map((one) => ({ id: one.id, title: one.title || one.id }));
  return thing("flow", id, name, fields);
}

function thing(
  kind: Thing["kind"],
  id: string | undefined,
  name: string | undefined,
  fields: { id: string; title: string }[],
): Thing {
  const hidable = fields.filter((field) => !NEVER_HIDDEN.has(field.id));
  return { kind, id: String(id), name: String(name), fields: hidable };
}

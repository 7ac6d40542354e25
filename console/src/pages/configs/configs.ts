import { api, take } from "../../api/client";

/** Saved columns, of exports or of imports; keys that are not named here are kept as they are. */
export interface Config {
  [key: string]: unknown;
  _id: string;
  name: string;
  collection: "data" | "task";
  fields: { id: string; title?: string; headerColumn?: string }[];
  dataTypeIds?: string[] | null;
  referenceId?: string;
}

/** What the saved columns of one kind are asked by. */
export interface Store {
  read: () => Promise<Config[]>;
  replace: (config: Config) => Promise<unknown>;
  remove: (id: string) => Promise<unknown>;
  /** Where they are used. */
  usedAt: (config: Config) => string | undefined;
}

const query = { limit: 1000 };

export const ofExports: Store = {
  read: async () =>
    (await take(api.GET("/api/v3/export-configs", { params: { query } }))).data.data as Config[],
  replace: (config) => {
    const params = { path: { config_id: config._id } };
    return take(api.PUT("/api/v3/export-config/{config_id}", { params, body: config as never }));
  },
  remove: (id) =>
    take(api.DELETE("/api/v3/export-config/{config_id}", { params: { path: { config_id: id } } })),
  usedAt: ({ _id, collection, dataTypeIds }) =>
    collection === "data" && dataTypeIds?.[0]
      ? `/exports/new?type=${dataTypeIds[0]}&config=${_id}`
      : undefined,
};

export const ofImports: Store = {
  read: async () =>
    (await take(api.GET("/api/v3/import-configs", { params: { query } }))).data.data as Config[],
  replace: (config) => {
    const params = { path: { config_id: config._id } };
    return take(api.PUT("/api/v3/import-config/{config_id}", { params, body: config as never }));
  },
  remove: (id) =>
    take(api.DELETE("/api/v3/import-config/{config_id}", { params: { path: { config_id: id } } })),
  usedAt: ({ _id, collection, referenceId }) =>
    collection === "data" ? `/imports/new?type=${referenceId}&config=${_id}` : undefined,
};

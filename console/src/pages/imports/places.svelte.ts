import { api, take } from "../../api/client";
import { Loaded } from "../../state/loaded.svelte";

/** What is asked for of where rows go; empty: nothing, so that the first is taken. */
export interface Asked {
  type: string;
  hub: string;
  mode: string;
  preset: string;
}

export const NEW = "new";
export const MODES = ["upsert", "insert", "update"] as const;
export type Mode = (typeof MODES)[number];

/** The types, hubs and saved columns that rows may go by, and which of them are chosen. */
export class Places {
  types = new Loaded(async () => {
    const answer = await take(
      api.GET("/api/v3/data-types", { params: { query: { limit: 1000 } } }),
    );
    return answer.data_types.data;
  });
  hubs = new Loaded(async () => {
    const query = { limit: 1000, fields: "_id,name" };
    return (await take(api.GET("/api/v3/hubs", { params: { query } }))).data;
  });
  presets = new Loaded(async () => {
    const query = { collection: "data" as const, limit: 1000 };
    return (await take(api.GET("/api/v3/import-configs", { params: { query } }))).data.data;
  });

  /** With `mayMakeType` the file's own type may be made of it. */
  constructor(
    private asked: () => Asked,
    private mayMakeType: () => boolean = () => false,
  ) {}

  get isNew(): boolean {
    return this.asked().type === NEW && this.mayMakeType();
  }

  get offersNew(): boolean {
    return this.mayMakeType();
  }

  get type() {
    if (this.isNew) return undefined;
    const { type } = this.asked();
    return this.types.data?.find((one) => one._id === type) ?? this.types.data?.[0];
  }

  get hub(): string {
    const type = this.type;
    if (!type || type.commonData) return "";
    return this.asked().hub || (this.hubs.data?.[0]?._id ?? "");
  }

  get mode(): Mode {
    return MODES.find((one) => one === this.asked().mode) ?? "upsert";
  }

  get saved() {
    return (this.presets.data ?? []).filter((one) => one.referenceId === this.type?._id);
  }

  get preset(): string {
    const { preset } = this.asked();
    return this.saved.some((one) => one._id === preset) ? preset : "";
  }
}

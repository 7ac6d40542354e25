import type { Route } from "./router.svelte";

/** Pages for those who are signed in. */
export const pages: readonly Route[] = [
  { pattern: "/data", load: () => import("./pages/data/Types.svelte") },
  { pattern: "/data/:type", load: () => import("./pages/data/Records.svelte") },
  { pattern: "/data/:type/fields", load: () => import("./pages/data/Fields.svelte") },
  { pattern: "/imports", load: () => import("./pages/imports/Imports.svelte") },
  { pattern: "/imports/new", load: () => import("./pages/imports/New.svelte") },
  { pattern: "/imports/:id", load: () => import("./pages/imports/Import.svelte") },
  { pattern: "/exports", load: () => import("./pages/exports/Exports.svelte") },
  { pattern: "/exports/new", load: () => import("./pages/exports/New.svelte") },
  { pattern: "/exports/:id", load: () => import("./pages/exports/Export.svelte") },
  { pattern: "/settings", load: () => import("./pages/settings/Settings.svelte") },
  { pattern: "/settings/account", load: () => import("./pages/settings/Account.svelte") },
  { pattern: "/settings/users", load: () => import("./pages/settings/Users.svelte") },
  { pattern: "/settings/hubs", load: () => import("./pages/settings/Hubs.svelte") },
];

/** Pages that ask for nobody to be signed in. */
export const open: readonly Route[] = [
  { pattern: "/start", load: () => import("./pages/signin/Start.svelte") },
  { pattern: "/sign-in", load: () => import("./pages/signin/ByLink.svelte") },
];

/** The sections of the navigation. */
export const sections = [
  { path: "/data", icon: "database", name: "data" },
  { path: "/imports", icon: "upload", name: "imports" },
  { path: "/exports", icon: "download", name: "exports" },
  { path: "/settings", icon: "settings", name: "settings" },
] as const;

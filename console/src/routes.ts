import { may } from "./may";
import type { Route } from "./router.svelte";

/** Pages for those who are signed in. */
export const pages: readonly Route[] = [
  { pattern: "/data", load: () => import("./pages/data/Types.svelte") },
  { pattern: "/data/:type", load: () => import("./pages/data/Records.svelte") },
  { pattern: "/data/:type/fields", load: () => import("./pages/data/Fields.svelte") },
  { pattern: "/imports", load: () => import("./pages/imports/Imports.svelte") },
  { pattern: "/imports/new", load: () => import("./pages/imports/New.svelte") },
  { pattern: "/imports/links", load: () => import("./pages/imports/Links.svelte") },
  { pattern: "/imports/presets", load: () => import("./pages/imports/Presets.svelte") },
  { pattern: "/imports/:id", load: () => import("./pages/imports/Import.svelte") },
  { pattern: "/exports", load: () => import("./pages/exports/Exports.svelte") },
  { pattern: "/exports/new", load: () => import("./pages/exports/New.svelte") },
  { pattern: "/exports/configs", load: () => import("./pages/exports/Configs.svelte") },
  { pattern: "/exports/schedules", load: () => import("./pages/exports/Schedules.svelte") },
  { pattern: "/exports/schedules/:id", load: () => import("./pages/exports/Schedule.svelte") },
  { pattern: "/exports/:id", load: () => import("./pages/exports/Export.svelte") },
  { pattern: "/settings", load: () => import("./pages/settings/Settings.svelte") },
  { pattern: "/settings/account", load: () => import("./pages/settings/Account.svelte") },
  {
    pattern: "/settings/organization",
    load: () => import("./pages/settings/Organization.svelte"),
  },
  { pattern: "/settings/users", load: () => import("./pages/settings/Users.svelte") },
  { pattern: "/settings/hubs", load: () => import("./pages/settings/Hubs.svelte") },
  { pattern: "/settings/roles", load: () => import("./pages/settings/Roles.svelte") },
  { pattern: "/settings/roles/:id", load: () => import("./pages/settings/Role.svelte") },
  { pattern: "/settings/tokens", load: () => import("./pages/settings/Tokens.svelte") },
  { pattern: "/settings/webhooks", load: () => import("./pages/settings/Webhooks.svelte") },
  { pattern: "/settings/webhooks/:id", load: () => import("./pages/settings/Webhook.svelte") },
  { pattern: "/settings/audit", load: () => import("./pages/settings/Audit.svelte") },
  { pattern: "/settings/mails", load: () => import("./pages/settings/Mails.svelte") },
  { pattern: "/settings/health", load: () => import("./pages/settings/Health.svelte") },
];

/** Pages that ask for nobody to be signed in. */
export const open: readonly Route[] = [
  { pattern: "/start", load: () => import("./pages/signin/Start.svelte") },
  { pattern: "/in/:link", load: () => import("./pages/in/In.svelte") },
  { pattern: "/sign-in", load: () => import("./pages/signin/ByLink.svelte") },
];

/** The sections of the navigation, each for those whose role has something to do there. */
export const sections = [
  { path: "/data", icon: "database", name: "data", isSeen: may.seeData },
  { path: "/imports", icon: "upload", name: "imports", isSeen: may.seeImports },
  { path: "/exports", icon: "download", name: "exports", isSeen: may.seeExports },
  { path: "/settings", icon: "settings", name: "settings", isSeen: () => true },
] as const;

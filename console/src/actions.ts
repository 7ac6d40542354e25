import { may, type Rule } from "./may";
import { settings } from "./pages/settings/sections";
import { t } from "./text/en";

/** What the list of Ctrl K leads to, beside the records of each type; each for those who may. */
export const actions: readonly { path: string; icon: string; label: string; isSeen: Rule }[] = [
  { path: "/data", icon: "database", label: t.nav.data, isSeen: may.seeData },
  { path: "/data?new=1", icon: "plus", label: t.newType.title, isSeen: may.makeType },
  { path: "/imports", icon: "upload", label: t.nav.imports, isSeen: may.seeImports },
  { path: "/imports/new", icon: "upload", label: t.newImport.title, isSeen: may.importData },
  { path: "/imports/links", icon: "link", label: t.imports.links, isSeen: may.importData },
  {
    path: "/imports/presets",
    icon: "columns-3",
    label: t.configs.of(t.imports.title),
    isSeen: may.seePresets,
  },
  { path: "/exports", icon: "download", label: t.nav.exports, isSeen: may.seeExports },
  { path: "/exports/new", icon: "plus", label: t.newExport.title, isSeen: may.exportData },
  {
    path: "/exports/schedules",
    icon: "calendar-clock",
    label: t.exports.schedules,
    isSeen: may.seeExports,
  },
  {
    path: "/exports/configs",
    icon: "columns-3",
    label: t.configs.of(t.exports.title),
    isSeen: may.seeExportConfigs,
  },
  ...settings.map(({ path, icon, title, isSeen }) => ({ path, icon, label: title, isSeen })),
];

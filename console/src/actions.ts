import { settings } from "./pages/settings/sections";
import { t } from "./text/en";

/** What the list of Ctrl K leads to, beside the records of each type. */
export const actions: readonly { path: string; icon: string; label: string }[] = [
  { path: "/data", icon: "database", label: t.nav.data },
  { path: "/data?new=1", icon: "plus", label: t.newType.title },
  { path: "/imports", icon: "upload", label: t.nav.imports },
  { path: "/imports/new", icon: "file-up", label: t.newImport.title },
  { path: "/exports", icon: "download", label: t.nav.exports },
  { path: "/exports/new", icon: "plus", label: t.newExport.title },
  ...settings.map(({ path, icon, title }) => ({ path, icon, label: title })),
];

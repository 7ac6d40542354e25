import { session } from "./state/session.svelte";

export type Rule = () => boolean;

const any =
  (...permissions: string[]): Rule =>
  () =>
    session.may(...permissions);

/** What a role lets a person see and begin. The service decides; this only shows no closed doors. */
export const may = {
  seeData: any("view/dataType", "view/data"),
  makeType: any("add/dataType"),
  editType: any("edit/dataType"),
  deleteType: any("delete/dataType"),
  addData: any("add/data"),
  editData: any("edit/data"),
  deleteData: any("delete/data"),
  seeImports: any("import/data", "import/task", "view/log"),
  importData: any("import/data"),
  seeExports: any("export/data", "export/task", "view/log"),
  exportData: any("export/data"),
  schedule: any("export/data", "export/task"),
  seeExportConfigs: any("export/data", "export/task"),
  seePresets: any("import/data", "import/task"),
} as const;

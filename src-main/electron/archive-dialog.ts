import { isDialogKind, OPEN_DIALOG_CHANNEL, type DialogKind } from "../../src-shared/api/desktop-bridge.ts";
import { CATALOGUE, type Locale } from "../../src-shared/i18n/catalogue.ts";
import type { Logger } from "../core/common/logger.ts";
import type { ElectronSurface } from "./electron-surface.ts";
import { isPageFrame } from "./page-frame.ts";

type DialogProperty = "openFile" | "openDirectory" | "multiSelections";

/** macOS has one dialog for files and folders; elsewhere a dialog that takes folders takes nothing else. */
function dialogProperties(kind: DialogKind, platform: NodeJS.Platform): DialogProperty[] {
  if (platform === "darwin") return ["openFile", "openDirectory", "multiSelections"];
  return kind === "files" ? ["openFile", "multiSelections"] : ["openDirectory"];
}

/** Lets the person choose logs to open. None when they changed their mind. */
export async function chooseArchives(
  dialog: ElectronSurface["dialog"],
  kind: DialogKind,
  locale: Locale,
  platform: NodeJS.Platform,
): Promise<readonly string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog({
    title: CATALOGUE[locale][`desktop.dialog.${kind}`] ?? kind,
    properties: dialogProperties(kind, platform),
  });
  return canceled ? [] : filePaths;
}

/** Answers the page that asks for the dialog; whoever else asks gets nothing. */
export function serveArchiveDialog(
  { ipcMain, dialog }: Pick<ElectronSurface, "ipcMain" | "dialog">,
  {
    locale,
    platform,
    logger,
  }: { readonly locale: Locale; readonly platform: NodeJS.Platform; readonly logger: Logger },
): void {
  ipcMain.handle(OPEN_DIALOG_CHANNEL, async ({ senderFrame }, kind) => {
    if (!isPageFrame(senderFrame) || !isDialogKind(kind)) {
      logger.warn("a dialog was refused", { url: senderFrame?.url.slice(0, 200) ?? "gone" });
      return [];
    }
    return chooseArchives(dialog, kind, locale, platform);
  });
}

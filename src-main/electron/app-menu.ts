import type { DialogKind } from "../../src-shared/api/desktop-bridge.ts";
import { CATALOGUE, type Locale } from "../../src-shared/i18n/catalogue.ts";

/** A native menu's item: what Electron does by itself (`role`), or what the shell does. */
export interface ShellMenuItem {
  readonly role?: MenuRole;
  readonly type?: "separator";
  readonly label?: string;
  readonly accelerator?: string;
  readonly submenu?: ShellMenuItem[];
  readonly click?: () => void;
}

type MenuRole =
  | "about"
  | "close"
  | "copy"
  | "cut"
  | "hide"
  | "hideOthers"
  | "minimize"
  | "paste"
  | "quit"
  | "redo"
  | "reload"
  | "resetZoom"
  | "selectAll"
  | "togglefullscreen"
  | "undo"
  | "unhide"
  | "zoomIn"
  | "zoomOut";

export interface MenuActions {
  showProfile(): void;
  openArchive(kind: DialogKind): void;
}

/**
 * The native menu in the shell's language. Roles keep the system's own shortcuts; there is no item for the developer tools,
 * which would open the page to whoever stands at the machine.
 */
export function menuTemplate(locale: Locale, platform: NodeJS.Platform, actions: MenuActions): ShellMenuItem[] {
  const text = (name: string) => CATALOGUE[locale][`desktop.menu.${name}`] ?? name;
  const role = (kind: MenuRole, name: string): ShellMenuItem => ({ role: kind, label: text(name) });
  const separator: ShellMenuItem = { type: "separator" };
  const mac = platform === "darwin";

  const appMenu: ShellMenuItem = {
    label: "Kubemate Console",
    submenu: [
      role("about", "about"),
      separator,
      role("hide", "hide"),
      role("hideOthers", "hideOthers"),
      role("unhide", "unhide"),
      separator,
      role("quit", "quit"),
    ],
  };
  return [
    ...(mac ? [appMenu] : []),
    {
      label: text("file"),
      submenu: [
        { label: text("openFiles"), accelerator: "CmdOrCtrl+O", click: () => actions.openArchive("files") },
        { label: text("openFolder"), accelerator: "CmdOrCtrl+Shift+O", click: () => actions.openArchive("folder") },
        separator,
        role("close", "close"),
        ...(mac ? [] : [separator, role("quit", "quit")]),
      ],
    },
    {
      label: text("edit"),
      submenu: [
        role("undo", "undo"),
        role("redo", "redo"),
        separator,
        role("cut", "cut"),
        role("copy", "copy"),
        role("paste", "paste"),
        role("selectAll", "selectAll"),
      ],
    },
    {
      label: text("view"),
      submenu: [
        role("reload", "reload"),
        separator,
        role("resetZoom", "actualSize"),
        role("zoomIn", "zoomIn"),
        role("zoomOut", "zoomOut"),
        separator,
        role("togglefullscreen", "fullScreen"),
      ],
    },
    { label: text("window"), submenu: [role("minimize", "minimize"), role("close", "close")] },
    {
      label: text("help"),
      submenu: [
        { label: text("showProfile"), click: () => actions.showProfile() },
        ...(mac ? [] : [separator, role("about", "about")]),
      ],
    },
  ];
}

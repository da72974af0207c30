import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DESKTOP_BRIDGE, OPEN_DIALOG_CHANNEL, type DesktopBridge } from "../../../src-shared/api/desktop-bridge.ts";
import { parseConsoleLink } from "../../../src-shared/model/console-link.ts";
import { archiveArguments } from "../../../src-main/electron/archive-arguments.ts";
import type { ShellMenuItem } from "../../../src-main/electron/app-menu.ts";
import { bridgeArchives } from "../../../src-main/preload/archive-bridge.ts";
import { DesktopSetup } from "../../builders/desktop-console.ts";
import { DoubleEvent } from "../../builders/electron-double.ts";

const PAGE = { url: "kubemate-app://console/", parent: null };

const eventually = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

let setup: DesktopSetup;
beforeEach(() => {
  setup = new DesktopSetup();
});
afterEach(() => setup[Symbol.dispose]());

const pathsOfLinks = () => setup.links.map((link) => parseConsoleLink(link)?.paths);

describe("a file that the system hands to the program", () => {
  test("is asked about when the program starts with it, by its whole path", async () => {
    await setup.start({ argv: ["--no-sandbox", "logs/app.log", "/data/b.ndjson"], workingDirectory: "/home/ada" });
    const [loaded = ""] = setup.electron.window.loaded;
    const link = parseConsoleLink(loaded.replace("kubemate-app://console/#/", "kubemate://"));
    expect(link).toMatchObject({ screen: "archives", paths: ["/home/ada/logs/app.log", "/data/b.ndjson"] });
  });

  test("is asked about in the window that is there, when a second program is started with it", async () => {
    await setup.start();
    setup.electron.app.emit(
      "second-instance",
      new DoubleEvent(),
      ["/usr/bin/kubemate", "case.kubemate-capsule"],
      "/mnt",
    );
    expect(pathsOfLinks()).toEqual([["/mnt/case.kubemate-capsule"]]);
    expect(setup.electron.window.focused).toBe(1);
  });

  test("comes as an event on macOS, also before the program is ready", async () => {
    const started = setup.start({ platform: "darwin" });
    const event = new DoubleEvent();
    setup.electron.app.emit("open-file", event, "/Users/ada/a b.parquet");
    await started;
    expect(event.prevented).toBe(true);
    expect(setup.electron.window.loaded[0]).toContain("#/archives?path=%2FUsers%2Fada%2Fa+b.parquet");
    setup.electron.app.emit("open-file", new DoubleEvent(), "/tmp/evil\u202egol.exe");
    expect(setup.links).toEqual([]);
  });

  test("is told from switches, links, the program and its folder", () => {
    const argv = ["/opt/kubemate", ".", "--log-file=/x.log", "https://evil.example/a.log", "A.LOG", "x.tar", "-a.log"];
    expect(archiveArguments(argv, "/work")).toEqual(["/work/A.LOG"]);
  });

  test("does not stand in for a link that came with it", async () => {
    await setup.start({ argv: ["/data/a.log", "kubemate://jobs"] });
    expect(setup.electron.window.loaded).toEqual(["kubemate-app://console/#/jobs"]);
  });
});

describe("the native dialog", () => {
  test("is shown to the page that asks, for files or for a folder", async () => {
    await setup.start();
    setup.electron.chosenPaths = ["/data/a.log", "/data/b.log"];
    const ask = (kind: unknown) => setup.electron.ipcMain.invoke(OPEN_DIALOG_CHANNEL, PAGE, kind);
    expect(await ask("files")).toEqual(["/data/a.log", "/data/b.log"]);
    setup.electron.chosenPaths = null;
    expect(await ask("folder")).toEqual([]);
    expect(setup.electron.openDialogs).toEqual([
      { title: "Open Log Files", properties: ["openFile", "multiSelections"] },
      { title: "Open a Folder of Logs", properties: ["openDirectory"] },
    ]);
  });

  test("takes both in one on macOS", async () => {
    await setup.start({ platform: "darwin" });
    await setup.electron.ipcMain.invoke(OPEN_DIALOG_CHANNEL, PAGE, "files");
    expect(setup.electron.openDialogs[0]?.properties).toEqual(["openFile", "openDirectory", "multiSelections"]);
  });

  test("is shown to nobody else, and for nothing else", async () => {
    await setup.start();
    setup.electron.chosenPaths = ["/etc/passwd"];
    const frames = [null, { ...PAGE, parent: {} }, { ...PAGE, url: "https://evil.example/" }, { ...PAGE, url: "" }];
    for (const frame of frames) {
      expect(await setup.electron.ipcMain.invoke(OPEN_DIALOG_CHANNEL, frame, "files")).toEqual([]);
    }
    for (const kind of [null, "save", { kind: "files" }, "files\n"]) {
      expect(await setup.electron.ipcMain.invoke(OPEN_DIALOG_CHANNEL, PAGE, kind)).toEqual([]);
    }
    expect(setup.electron.openDialogs).toEqual([]);
  });
});

describe("the menu", () => {
  const click = (accelerator: string) => {
    const items = (setup.electron.menus[0] ?? []).flatMap((item): ShellMenuItem[] => item.submenu ?? []);
    items.find((item) => item.accelerator === accelerator)?.click?.();
  };

  test("opens what is chosen by the same question as a link", async () => {
    await setup.start();
    setup.electron.chosenPaths = ["/data/a.log"];
    click("CmdOrCtrl+O");
    await eventually(() => setup.links.length > 0);
    expect(pathsOfLinks()).toEqual([["/data/a.log"]]);
    setup.electron.chosenPaths = ["/data/bucket"];
    click("CmdOrCtrl+Shift+O");
    await eventually(() => setup.links.length > 1);
    expect(setup.electron.openDialogs.at(-1)?.properties).toEqual(["openDirectory"]);
  });

  test("says so when what was chosen cannot be asked about", async () => {
    await setup.start();
    setup.electron.chosenPaths = ["\\\\files\\share\\a.log"];
    click("CmdOrCtrl+O");
    await eventually(() => setup.electron.errorBoxes.length > 0);
    expect(setup.electron.errorBoxes[0]?.content).toContain("under Archives");
    expect(setup.links).toEqual([]);
  });
});

describe("the preload script", () => {
  const bridged = (answer: unknown) => {
    const worlds: { readonly name: string; readonly bridge: DesktopBridge }[] = [];
    const invoked: unknown[] = [];
    bridgeArchives(
      { exposeInMainWorld: (name, bridge) => worlds.push({ name, bridge }) },
      {
        invoke: async (channel, kind) => {
          invoked.push([channel, kind]);
          return answer;
        },
      },
      {
        getPathForFile: (file) => {
          if (!("onDisk" in file)) throw new TypeError("not a file");
          return String(file.onDisk);
        },
      },
    );
    const [world] = worlds;
    if (world === undefined || worlds.length > 1) throw new Error("one bridge was expected");
    return { ...world, invoked };
  };

  test("gives the page two functions and nothing else", () => {
    const { name, bridge } = bridged([]);
    expect(name).toBe(DESKTOP_BRIDGE);
    expect(Object.keys(bridge).toSorted()).toEqual(["openArchiveDialog", "pathForFile"]);
  });

  test("passes on the two questions there are, and only paths back", async () => {
    const { bridge, invoked } = bridged(["/a.log", 7, null, "/b.log"]);
    expect(await bridge.openArchiveDialog("folder")).toEqual(["/a.log", "/b.log"]);
    expect(invoked).toEqual([[OPEN_DIALOG_CHANNEL, "folder"]]);
    // A page that is not ours to trust may say anything.
    expect(await bridge.openArchiveDialog("../../x" as "files")).toEqual([]);
    expect(invoked).toHaveLength(1);
    expect(await bridged("/etc/passwd").bridge.openArchiveDialog("files")).toEqual([]);
  });

  test("says where a dropped file is, and nothing of what is none", () => {
    const { bridge } = bridged([]);
    expect(bridge.pathForFile({ onDisk: "/data/a.log" })).toBe("/data/a.log");
    expect(bridge.pathForFile({})).toBe("");
  });
});

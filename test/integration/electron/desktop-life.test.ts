import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { DesktopSetup } from "../../builders/desktop-console.ts";
import { DoubleEvent } from "../../builders/electron-double.ts";

const LINK = "kubemate://explore?site=lab&tenant=alpha&q=%7Bapp%3D%22web%22%7D";

const eventually = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe("one instance", () => {
  test("a second one leaves at once and starts no console", async () => {
    using setup = new DesktopSetup();
    setup.electron.app.firstInstance = false;
    await setup.start();
    expect(setup.electron.app.hasQuit).toBe(true);
    expect(setup.gifts).toBeNull();
    expect(setup.electron.windows).toEqual([]);
  });

  test("the first one shows its window and the link that the second was given", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    const { app, window } = setup.electron;
    window.minimized = true;
    app.emit("second-instance", new DoubleEvent(), ["/usr/bin/kubemate", "--flag", LINK]);
    expect(setup.links).toEqual([LINK]);
    expect(window.minimized).toBe(false);
    expect(window.focused).toBe(1);
    app.emit("second-instance", new DoubleEvent(), ["/usr/bin/kubemate", "kubemate://settings/../evil?x=1"]);
    expect(setup.links).toEqual([LINK]);
    expect(window.focused).toBe(2);
  });
});

describe("kubemate:// links", () => {
  test("the link that started the program is shown first", async () => {
    using setup = new DesktopSetup();
    await setup.start({ argv: ["--no-sandbox", LINK] });
    expect(setup.electron.window.loaded).toEqual([`kubemate-app://console/#/${LINK.slice("kubemate://".length)}`]);
    expect(setup.electron.app.schemes).toEqual(["kubemate"]);
  });

  test("on macOS links come as events, also before the program is ready", async () => {
    using setup = new DesktopSetup();
    const started = setup.start({ platform: "darwin" });
    const event = new DoubleEvent();
    setup.electron.app.emit("open-url", event, LINK);
    await started;
    expect(event.prevented).toBe(true);
    expect(setup.electron.window.loaded[0]).toContain("#/explore?site=lab");
    setup.electron.app.emit("open-url", new DoubleEvent(), "kubemate://jobs");
    expect(setup.links).toEqual(["kubemate://jobs"]);
  });

  test("a link opens the window again where it was closed", async () => {
    using setup = new DesktopSetup();
    await setup.start({ platform: "darwin" });
    setup.electron.window.closeByHand();
    setup.electron.app.emit("open-url", new DoubleEvent(), "kubemate://audit");
    expect(setup.electron.windows).toHaveLength(2);
    expect(setup.electron.window.loaded).toEqual(["kubemate-app://console/#/audit"]);
  });

  test("a program that is not installed does not take the links of one that is", async () => {
    using setup = new DesktopSetup();
    setup.electron.app.isPackaged = false;
    await setup.start();
    expect(setup.electron.app.schemes).toEqual([]);
  });
});

describe("the window's place", () => {
  test("is kept when it has rested, and when it closes", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    const { window } = setup.electron;
    const file = setup.profile.file("window.json");
    const kept = () => {
      try {
        return JSON.parse(readFileSync(file, "utf8")).content as unknown;
      } catch {
        return null;
      }
    };
    window.bounds = { x: 50, y: 60, width: 1_000, height: 700 };
    for (let step = 0; step < 5; step += 1) window.emit("move");
    expect(kept()).toBeNull();
    await setup.clock.advance(500);
    await eventually(() => kept() !== null);
    expect(kept()).toEqual({ bounds: window.bounds, maximized: false });
    window.maximized = true;
    window.closeByHand();
    await eventually(() => JSON.stringify(kept()).includes('"maximized":true'));
    expect(setup.clock.waiting).toBe(0);
  });

  test("is taken up again at the next start", async () => {
    using setup = new DesktopSetup();
    const content = { bounds: { x: 50, y: 60, width: 1_000, height: 700 }, maximized: true };
    writeFileSync(setup.profile.file("window.json"), JSON.stringify({ version: 1, content }));
    await setup.start();
    expect(setup.electron.window.options).toMatchObject(content.bounds);
    expect(setup.electron.window.maximized).toBe(true);
  });

  test("is not believed when the file is broken", async () => {
    using setup = new DesktopSetup();
    writeFileSync(setup.profile.file("window.json"), '{"version":1,"content":{"bounds":{"x":"left"}}}');
    await setup.start();
    expect(setup.electron.window.options).toMatchObject({ width: 1_440, height: 900 });
    expect(setup.electron.window.options.x).toBeUndefined();
  });
});

describe("a page that dies", () => {
  test("is offered a reload, and the core goes on", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    const { window, messageBoxes } = setup.electron;
    window.webContents.emit("render-process-gone", new DoubleEvent(), { reason: "oom" });
    await eventually(() => window.webContents.reloads === 1);
    expect(messageBoxes[0]).toMatchObject({ buttons: ["Reload", "Quit"], detail: expect.stringContaining("oom") });
    expect(setup.closed).toBe(0);
  });

  test("may also be the end, if the person wants", async () => {
    using setup = new DesktopSetup();
    setup.electron.messageBoxResponse = 1;
    await setup.start();
    setup.electron.window.webContents.emit("render-process-gone", new DoubleEvent(), { reason: "crashed" });
    await eventually(() => setup.electron.app.hasQuit);
    expect(setup.closed).toBe(1);
  });

  test("is not mourned when it was closed", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    setup.electron.window.webContents.emit("render-process-gone", new DoubleEvent(), { reason: "clean-exit" });
    expect(setup.electron.messageBoxes).toEqual([]);
  });
});

describe("quitting", () => {
  test("closes the console first, once", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    setup.electron.window.closeByHand();
    setup.electron.app.emit("window-all-closed");
    setup.electron.app.quit();
    expect(setup.electron.app.hasQuit).toBe(false);
    await eventually(() => setup.electron.app.hasQuit);
    expect(setup.closed).toBe(1);
  });

  test("happens also when the console cannot close, and says so in the log", async () => {
    using setup = new DesktopSetup();
    setup.failToClose = true;
    await setup.start();
    setup.electron.app.quit();
    await eventually(() => setup.electron.app.exitCode !== null);
    expect(setup.electron.app.exitCode).toBe(1);
    expect(setup.trial.bugs.map(({ message }) => message)).toEqual(["the console did not close cleanly"]);
  });

  test("does not follow closing the window on macOS, where the dock opens it again", async () => {
    using setup = new DesktopSetup();
    await setup.start({ platform: "darwin" });
    setup.electron.window.closeByHand();
    setup.electron.app.emit("window-all-closed");
    expect(setup.electron.app.hasQuit).toBe(false);
    setup.electron.app.emit("activate");
    expect(setup.electron.windows).toHaveLength(2);
  });
});

describe("a console that cannot start", () => {
  test("says why in the system's language, and ends with a failure", async () => {
    using setup = new DesktopSetup();
    setup.electron.app.locale = "zh-CN";
    setup.failure = new AppError("profile.in-use", { directory: "/home/ada/kubemate", pid: 4711 });
    await setup.start();
    expect(setup.electron.app.exitCode).toBe(1);
    expect(setup.electron.windows).toEqual([]);
    expect(setup.electron.errorBoxes[0]?.content).toContain("4711");
    expect(setup.electron.errorBoxes[0]?.content).toContain("正在使用配置目录 /home/ada/kubemate");
  });
});

describe("secrets", () => {
  test("the console gets the system's key store", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    const sealed = await setup.gifts?.vault?.seal("hunter2", "loki-password");
    expect(Buffer.from(sealed ?? []).toString()).not.toContain("hunter2");
    await expect(setup.gifts?.vault?.open(sealed ?? new Uint8Array(), "loki-password")).resolves.toBe("hunter2");
  });
});

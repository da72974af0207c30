import { describe, expect, test } from "vitest";
import { DesktopSetup } from "../../builders/desktop-console.ts";
import { DoubleEvent } from "../../builders/electron-double.ts";
import { PAGE_SCRIPT } from "../../builders/headless-console.ts";

const PAGE = "kubemate-app://console/";
const FOREIGN = [
  "https://evil.example/",
  "http://127.0.0.1:8080/",
  "file:///etc/passwd",
  "kubemate-app://evil/",
  "kubemate-app://console.evil/",
  "kubemate-app://console@evil/",
  "kubemate-app:console/",
  "javascript:alert(1)",
  "chrome://settings/",
];

describe("the desktop window", () => {
  test("is sandboxed and isolated, without Node, with web security", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    expect(setup.electron.window.options.webPreferences).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      preload: "/app/out/preload/preload.cjs",
    });
    expect(setup.electron.app.sandboxed).toBe(true);
  });

  test("the lock, the sandbox and the scheme come before Electron is ready, as they must", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    expect(setup.electron.order).toEqual(["lock", "sandbox", "schemes kubemate-app", "ready"]);
  });

  test("loads its page from its own origin and nothing else", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    expect(setup.electron.window.loaded).toEqual([PAGE]);
    expect(setup.electron.window.shown).toBe(true);
  });

  test("does not navigate away, by itself or by a redirect", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    for (const name of ["will-navigate", "will-redirect"] as const) {
      for (const url of FOREIGN) {
        const event = new DoubleEvent(url);
        setup.electron.window.webContents.emit(name, event);
        expect(event.prevented, `${name} ${url}`).toBe(true);
      }
    }
    const within = new DoubleEvent(`${PAGE}#/jobs`);
    setup.electron.window.webContents.emit("will-navigate", within);
    expect(within.prevented).toBe(false);
  });

  test("opens no other window and attaches no webview", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    for (const url of [...FOREIGN, PAGE, "about:blank"]) {
      expect(setup.electron.window.webContents.openWindow({ url }), url).toEqual({ action: "deny" });
    }
    const webview = new DoubleEvent();
    setup.electron.window.webContents.emit("will-attach-webview", webview);
    expect(webview.prevented).toBe(true);
    expect(setup.electron.windows).toHaveLength(1);
  });

  test("may write the clipboard and is denied every other permission", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    const { defaultSession } = setup.electron;
    const names = ["media", "geolocation", "notifications", "clipboard-read", "usb", "openExternal", "fileSystem", "x"];
    for (const name of names) {
      expect(defaultSession.granted(name, PAGE), name).toBe(false);
      expect(defaultSession.check(null, name, PAGE), name).toBe(false);
    }
    expect(defaultSession.granted("clipboard-sanitized-write", PAGE)).toBe(true);
    expect(defaultSession.check(null, "clipboard-sanitized-write", PAGE)).toBe(true);
    expect(defaultSession.granted("clipboard-sanitized-write", "https://evil.example/")).toBe(false);
    expect(defaultSession.device()).toBe(false);
  });

  test("reaches its own files and no network", async () => {
    using setup = new DesktopSetup();
    await setup.start();
    const { defaultSession } = setup.electron;
    for (const url of [...FOREIGN, "wss://evil.example/", "ws://127.0.0.1/rpc", "blob:https://evil.example/1"]) {
      expect(defaultSession.cancelled(url), url).toBe(true);
    }
    for (const url of [PAGE, `${PAGE}assets/main.js`, "data:image/png;base64,AA==", `blob:${PAGE}1`]) {
      expect(defaultSession.cancelled(url), url).toBe(false);
    }
  });
});

describe("links to the outside", () => {
  const openLinks = async (urls: readonly string[], outside?: string[]) => {
    using setup = new DesktopSetup();
    if (outside !== undefined) setup.outside = outside;
    await setup.start();
    for (const url of urls) setup.electron.window.webContents.openWindow({ url });
    await new Promise((resolve) => setImmediate(resolve));
    return setup.electron.opened;
  };

  test("an https address of a listed origin opens in the system's browser", async () => {
    const url = "https://tempo.bank.example/trace/4bf92f3577b34da6a3ce929d0e0e4736";
    expect(await openLinks([url])).toEqual([url]);
  });

  test("nothing else does, whatever it looks like", async () => {
    const hostile = [
      "http://tempo.bank.example/trace/1",
      "https://tempo.bank.example:8443/",
      "https://tempo.bank.example.evil.example/",
      "https://tempo.bank.example@evil.example/",
      "https://user:secret@tempo.bank.example/",
      "https://evil.example/?https://tempo.bank.example",
      "https:\\\\evil.example",
      "file:///bin/sh",
      "smb://tempo.bank.example/share",
      "ms-msdt:/id",
      "javascript:alert(1)",
      "kubemate://explore",
      "",
      "\u0000",
    ];
    expect(await openLinks(hostile)).toEqual([]);
    expect(await openLinks(["https://tempo.bank.example/"], [])).toEqual([]);
  });
});

describe("the page's own scheme", () => {
  const ask = async (path: string, method = "GET") => {
    const setup = new DesktopSetup();
    await setup.start();
    // Node's `Request` knows no scheme of ours beyond its address, which is all the shell reads.
    const response = await setup.electron.respond(new Request(new URL(path, PAGE), { method }));
    return { response, setup };
  };

  test("serves the page with a policy that allows its own parts only", async () => {
    const { response, setup } = await ask("/");
    const policy = response.headers.get("content-security-policy") ?? "";
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "none";
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(await response.text()).toContain(`nonce="${nonce}"`);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    setup[Symbol.dispose]();
  });

  test("serves files with their types", async () => {
    const { response, setup } = await ask("/assets/main-AbCd1234.js");
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(await response.text()).toBe(PAGE_SCRIPT);
    setup[Symbol.dispose]();
  });

  test("serves nothing above its folder, nothing hidden, nothing to another host, nothing but GET", async () => {
    for (const path of ["/..%2f..%2fetc/passwd", "/.env", "/%00", "/nothing.js"]) {
      const { response, setup } = await ask(path);
      expect(response.status, path).toBe(404);
      setup[Symbol.dispose]();
    }
    expect((await ask("kubemate-app://evil/")).response.status).toBe(403);
    expect((await ask("/", "POST")).response.status).toBe(403);
  });
});

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ensureBuilt } from "./ensure-built.ts";
import { findChromium } from "./find-chromium.ts";

// `npm start`: the desktop window where Electron's binary is installed; the same console in an app window of a browser where
// it is not; `-- --headless [--port N]` serves only.
const ROOT = join(import.meta.dirname, "..");
const parameters = process.argv.slice(2);

ensureBuilt((sentence) => console.log(sentence));

const electron = electronBinary();
if (parameters.includes("--headless")) {
  follow(serve(parameters.filter((parameter) => parameter !== "--headless")));
} else if (electron !== null) {
  follow(spawn(electron, [ROOT, ...parameters], { stdio: "inherit" }));
} else {
  await openInBrowser();
}

/** Looks for the binary without loading the package, which would begin to download it. */
function electronBinary(): string | null {
  const override = process.env["ELECTRON_OVERRIDE_DIST_PATH"];
  const folder = join(ROOT, "node_modules/electron");
  const pathFile = join(folder, "path.txt");
  if (!existsSync(pathFile)) return null;
  const binary = join(override ?? join(folder, "dist"), readFileSync(pathFile, "utf8").trim());
  return existsSync(binary) ? binary : null;
}

function serve(more: readonly string[], output: "inherit" | "pipe" = "inherit"): ChildProcess {
  return spawn(process.execPath, [join(ROOT, "out/main/cli.js"), "serve", ...more], {
    stdio: ["ignore", output, "inherit"],
  });
}

async function openInBrowser(): Promise<void> {
  const browser = await findChromium();
  console.log(
    browser === null
      ? "Electron’s binary is not installed and no Chromium-family browser was found: open this address in a browser."
      : "Electron’s binary is not installed: the console opens in an app window of the installed browser instead.",
  );
  const server = serve(parameters, "pipe");
  follow(server);
  if (server.stdout === null) throw new Error("the server has no standard output");
  for await (const line of createInterface({ input: server.stdout })) {
    console.log(line);
    const url = /https?:\/\/\S+/.exec(line)?.[0];
    if (url === undefined || browser === null) continue;
    openAppWindow(browser, url, server);
  }
}

/** A window of its own, with its own profile, so that no extension or cookie of the person's browsing is in it. */
function openAppWindow(browser: string, url: string, server: ChildProcess): void {
  const profile = mkdtempSync(join(tmpdir(), "kubemate-window-"));
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox", "--test-type"] : [];
  const window = spawn(
    browser,
    [
      `--app=${url}`,
      `--user-data-dir=${profile}`,
      "--window-size=1440,900",
      "--no-first-run",
      "--no-default-browser-check",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...asRoot,
    ],
    { stdio: "ignore" },
  );
  window.on("error", (error) => console.error(`The browser could not be started (${error.message}). Open ${url}`));
  window.on("exit", () => {
    rmSync(profile, { recursive: true, force: true });
    server.kill("SIGTERM");
  });
}

/** Ends as the child ends, and passes on what the terminal says. */
function follow(child: ChildProcess): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 0;
  });
}

import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
  "brave-browser",
];

const FIXED_PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((variable) => {
    const folder = process.env[variable];
    if (folder === undefined) return [];
    return [
      join(folder, "Google/Chrome/Application/chrome.exe"),
      join(folder, "Microsoft/Edge/Application/msedge.exe"),
    ];
  }),
};

/** A browser of the Chromium family: `KUBEMATE_BROWSER`, then the system's, then the one Playwright installed; or `null`. */
export async function findChromium(): Promise<string | null> {
  const chosen = process.env["KUBEMATE_BROWSER"];
  if (chosen !== undefined && chosen !== "") {
    if (!isExecutable(chosen)) throw new Error(`KUBEMATE_BROWSER is ${chosen}, which cannot be run`);
    return chosen;
  }
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = [...onPath, ...(FIXED_PLACES[process.platform] ?? [])].find(isExecutable);
  return found ?? (await playwrightChromium());
}

async function playwrightChromium(): Promise<string | null> {
  const { chromium } = await import("playwright");
  const path = chromium.executablePath();
  return existsSync(path) ? path : null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

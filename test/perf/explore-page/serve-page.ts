import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { chromium, type Page } from "playwright";
import { build, preview } from "vite";
import { findChromium } from "../../../build/find-chromium.ts";

export interface ExplorePage {
  readonly page: Page;
  /** Opens a scenario (`million`, `huge` …) and waits for its first rows, or for whatever else `shown` selects. */
  readonly open: (scenario: string, parameters?: Readonly<Record<string, string>>, shown?: string) => Promise<void>;
}

/** Builds the page as a release does, serves it on a free port of loopback, opens it in Chromium, and takes all down again. */
export async function withExplorePage(use: (opened: ExplorePage) => Promise<void>): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const outDir = await mkdtemp(join(tmpdir(), "kubemate-explore-page-"));
  cleanup.defer(() => rm(outDir, { recursive: true, force: true }));
  const config = {
    root: import.meta.dirname,
    configFile: false as const,
    plugins: [react()],
    logLevel: "error" as const,
  };
  await build({ ...config, build: { outDir, emptyOutDir: true, target: "chrome150", chunkSizeWarningLimit: 10_000 } });
  const server = await preview({
    ...config,
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0, strictPort: false },
  });
  cleanup.defer(() => server.close());
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("the page has no address");

  const executablePath = await findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--enable-precise-memory-info",
    ],
  });
  cleanup.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, timezoneId: "UTC" });
  page.on("pageerror", (error) => process.stderr.write(`page: ${error.message}\n`));
  await use({
    page,
    open: async (scenario, parameters = {}, shown = "[data-kind=entry]") => {
      const search = new URLSearchParams({ scenario, ...parameters });
      await page.goto(`http://127.0.0.1:${address.port}/?${search.toString()}`);
      await page.waitForSelector(shown);
    },
  });
}

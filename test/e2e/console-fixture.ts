import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test as base, type Page } from "@playwright/test";

const ROOT = join(import.meta.dirname, "../..");
export const SCREENSHOTS = join(import.meta.dirname, "screenshots");

/** A console of the test's own: the built command line serving on loopback, over a profile that is thrown away. */
export class RunningConsole {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly profile: string;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, profile: string) {
    this.#child = child;
    this.#lines = lines;
    this.profile = profile;
  }

  static start(): RunningConsole {
    const profile = mkdtempSync(join(tmpdir(), "kubemate-e2e-"));
    const child = spawn(
      process.execPath,
      [join(ROOT, "out/main/cli.js"), "serve", "--set", "health.intervalSeconds=5"],
      {
        stdio: ["pipe", "pipe", "inherit"],
        env: {
          ...process.env,
          KUBEMATE_PROFILE: profile,
          KUBECONFIG: join(profile, "no-kubeconfig"),
          KUBEMATE_MANAGED_SETTINGS: join(profile, "no-managed-settings.json"),
        },
      },
    );
    if (child.stdout === null) throw new Error("no standard output");
    return new RunningConsole(child, createInterface({ input: child.stdout })[Symbol.asyncIterator](), profile);
  }

  #links = 0;

  /** A link that opens the console once; the first is printed at start, further ones are asked for. */
  async link(): Promise<string> {
    if (this.#links > 0) this.#child.stdin?.write("\n");
    this.#links += 1;
    const { value } = await this.#lines.next();
    return String(value);
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await gone;
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** What a page must never do; checked after each test. */
export interface PageConduct {
  readonly errors: string[];
  readonly foreignRequests: string[];
}

export const test = base.extend<
  { conduct: PageConduct; open: (hash?: string) => Promise<Page> },
  { served: RunningConsole }
>({
  served: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern to know what a fixture needs
    async ({}, use) => {
      const served = RunningConsole.start();
      await use(served);
      await served.stop();
    },
    { scope: "worker" },
  ],
  // oxlint-disable-next-line no-empty-pattern -- as above
  conduct: async ({}, use) => {
    const conduct: PageConduct = { errors: [], foreignRequests: [] };
    await use(conduct);
    base.expect(conduct.errors, "errors in the page's console").toEqual([]);
    base.expect(conduct.foreignRequests, "requests to anywhere but the console").toEqual([]);
  },
  open: async ({ context, served, conduct }, use) => {
    await use(async (hash = "") => {
      const page = await context.newPage();
      const link = await served.link();
      const { origin } = new URL(link);
      page.on("pageerror", (error) => conduct.errors.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") conduct.errors.push(message.text());
      });
      page.on("request", (request) => {
        const url = new URL(request.url());
        if (/^(http|ws)s?:$/.test(url.protocol) && url.origin !== origin) conduct.foreignRequests.push(request.url());
      });
      await page.goto(link);
      await page.getByRole("main").waitFor();
      if (hash !== "") await page.evaluate((to) => void (location.hash = to), hash);
      return page;
    });
  },
});

export const { expect } = base;

export function screenshot(page: Page, name: string): Promise<Buffer> {
  return page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

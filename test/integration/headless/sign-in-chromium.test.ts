import { chromium } from "@playwright/test";
import { expect, test } from "vitest";
import { findChromium } from "../../../build/find-chromium.ts";
import { identityConsole } from "../../builders/identity-console.ts";

const executablePath = await findChromium();

/** The rules of `SameSite` and `Sec-Fetch-Site` are the browser's; `localhost` and `127.0.0.1` are two sites to it. */
test.runIf(executablePath !== null || process.env["CI"] === "true")(
  "in a real browser the way to a provider of another site and back ends on the page, signed in, and sign-out ends it",
  { timeout: 60_000 },
  async () => {
    await using setup = await identityConsole({}, {}, "localhost");
    const browser = await chromium.launch({
      ...(executablePath === null ? {} : { executablePath }),
      args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-dev-shm-usage"],
    });
    try {
      const context = await browser.newContext({ locale: "zh-CN" });
      const page = await context.newPage();
      await page.goto(`${setup.origin}/`);
      const link = page.getByRole("link", { name: "使用 Bank & Co 登录" });
      const back = page.waitForRequest((request) => request.url().includes("/sign-in/callback"));
      await link.click();
      expect((await (await back).allHeaders())["sec-fetch-site"]).toBe("cross-site");
      await page.waitForURL(`${setup.origin}/`);
      await expect.poll(() => page.title()).toBe("console");
      const cookies = await context.cookies();
      expect(cookies.map(({ name, sameSite, httpOnly }) => [name, sameSite, httpOnly])).toEqual([
        [`kubemate-session-${setup.server.port}`, "Strict", true],
      ]);
      expect(await page.evaluate(async () => (await fetch("/session")).status)).toBe(204);
      await page.evaluate(async () => fetch("/sign-out", { method: "POST", redirect: "manual" }));
      expect(await page.evaluate(async () => (await fetch("/session")).status)).toBe(401);
      expect(await context.cookies()).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);

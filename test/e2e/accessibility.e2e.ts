import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, screenshot, test } from "./console-fixture.ts";

const SCREENS = [
  "explore",
  "overview",
  "health",
  "tenants",
  "storage",
  "sites",
  "archives",
  "jobs",
  "audit",
  "settings",
] as const;
const LOOKS = [
  { scheme: "dark", locale: "en-GB" },
  { scheme: "light", locale: "zh-CN" },
] as const;

async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

for (const { scheme, locale } of LOOKS) {
  test.describe(`${scheme}, ${locale}`, () => {
    test.use({ colorScheme: scheme, locale });

    for (const screen of SCREENS) {
      test(`axe finds nothing serious on ${screen}`, async ({ open }) => {
        const page = await open(`#/${screen}?site=lab&tenant=retail-bank`);
        await expect(page.locator("main")).toBeVisible();
        await page.waitForLoadState("networkidle");
        expect(await seriousFindings(page)).toEqual([]);
        await screenshot(page, `${screen}-${scheme}-${locale}`);
      });
    }

    for (const tab of ["changes", "explain", "usage", "quotas", "cardinality"]) {
      test(`axe finds nothing serious on tenants: ${tab}`, async ({ open }) => {
        const page = await open(`#/tenants?site=lab&tenant=retail-bank&tab=${tab}`);
        await expect(page.getByRole("tabpanel")).toBeVisible();
        await page.waitForLoadState("networkidle");
        expect(await seriousFindings(page)).toEqual([]);
      });
    }

    for (const tab of ["findings", "scans", "quarantine", "restore", "drills", "runbooks", "bucket"]) {
      test(`axe finds nothing serious on storage: ${tab}`, async ({ open }) => {
        const page = await open(`#/storage?site=lab&tenant=retail-bank&tab=${tab}`);
        await expect(page.getByRole("tabpanel")).toBeVisible({ timeout: 60_000 });
        await page.waitForLoadState("networkidle");
        expect(await seriousFindings(page)).toEqual([]);
        await screenshot(page, `storage-${tab}-${scheme}-${locale}`);
      });
    }

    test("axe finds nothing serious on a result with an open line", async ({ open }) => {
      const query = encodeURIComponent('{app="payments"} | json');
      const page = await open(`#/explore?site=lab&tenant=retail-bank&q=${query}&from=now-5m&to=now`);
      const rows = page.getByRole("grid").first();
      await expect(rows.getByRole("row").nth(4)).toContainText(/\d\d:\d\d:\d\d\.\d{9}/);
      await rows.getByRole("row").nth(4).dblclick();
      await expect(page.getByRole("tabpanel")).toBeVisible();
      expect(await seriousFindings(page)).toEqual([]);
      await screenshot(page, `result-${scheme}-${locale}`);
    });
  });
}

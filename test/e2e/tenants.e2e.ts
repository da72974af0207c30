import type { Page } from "@playwright/test";
import { expect, screenshot, test } from "./console-fixture.ts";

/** The first round of a site comes within its interval; use of limits needs two. */
const ROUNDS_MS = 60_000;
/** The kubelet's propagation in the lab and the reload period of each component. */
const CONVERGED_MS = 120_000;
const KEY = "max_global_streams_per_user";
const QUERY = '{app=~".+"} |= "e"';

async function openTab(page: Page, tab: string): Promise<void> {
  await page.evaluate(() => void (location.hash = "#/tenants?site=lab"));
  await page.getByRole("tab", { name: tab }).click();
}

async function setQuota(page: Page, limit: string): Promise<void> {
  await openTab(page, "Quotas");
  await page.getByRole("button", { name: "Add a quota" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add a quota" });
  await dialog.getByLabel(/^Name/).fill("retail-bank");
  await page.getByRole("option", { name: "retail-bank" }).click();
  await dialog.getByLabel(/^Limit/).fill(limit);
  await dialog.getByLabel(/^Hard stop/).fill(limit);
  await screenshot(page, "tenants-05-quota");
  await dialog.getByRole("button", { name: "Set the quota" }).click();
  await expect(dialog).toBeHidden();
}

test.describe("tenants of the lab", () => {
  test.setTimeout(360_000);

  test("a tenant near its limit is raised for two hours by a plan, taken by every component, and rolled back", async ({
    open,
  }) => {
    const page = await open("#/tenants?site=lab");
    const main = page.getByRole("main");
    const dialog = page.getByRole("dialog", { name: "Change limits" });

    await test.step("the board has it first", async () => {
      const first = main.getByRole("row").nth(1);
      await expect(first).toContainText("treasury", { timeout: ROUNDS_MS });
      await expect(first).toContainText(/\d\d%/);
      await screenshot(page, "tenants-01-board");
    });

    await test.step("its limits tell value, source, meaning and use", async () => {
      await main.getByText("treasury", { exact: true }).first().click();
      await expect(page.getByText("Active streams of the tenant in the whole cluster", { exact: false })).toBeVisible();
      await screenshot(page, "tenants-02-limits");
    });

    await test.step("a raise for two hours is planned: diff, what speaks against it, and when it ends", async () => {
      await page
        .getByRole("button", { name: `Change ${KEY}` })
        .first()
        .click();
      await dialog.getByLabel("New value 1").fill("250");
      await dialog.getByLabel("How long it holds").click();
      await page.getByRole("option", { name: "for 2h" }).click();
      await dialog.getByRole("button", { name: "Plan the change" }).click();
      await expect(dialog).toContainText(`-    ${KEY}: 125`);
      await expect(dialog).toContainText(`+    ${KEY}: 250`);
      await expect(dialog).toContainText("Goes back by itself");
      await screenshot(page, "tenants-03-plan");
    });

    await test.step("every component takes it", async () => {
      await dialog.getByLabel("Type treasury to confirm").fill("treasury");
      await dialog.getByLabel(/^Reason/).fill("the desk trades through the night");
      await dialog.getByRole("button", { name: /^Apply/ }).click();
      await expect(dialog).toContainText(/Taken by (\d+) of \1 components/, { timeout: CONVERGED_MS });
      await expect(dialog).toContainText("Done and verified");
      await screenshot(page, "tenants-04-converged");
    });

    await test.step("one click takes it back", async () => {
      await dialog.getByRole("button", { name: "Roll back…" }).click();
      const back = page.getByRole("dialog", { name: "Roll back" });
      await expect(back).toContainText(`-    ${KEY}: 250`);
      await expect(back).toContainText(`+    ${KEY}: 125`);
      await back.getByLabel("Type treasury to confirm").fill("treasury");
      await back.getByLabel(/^Reason/).fill("the night is over");
      await back.getByRole("button", { name: /^(?:Apply|Roll back)/ }).click();
      await expect(page.getByRole("dialog")).toContainText("Done and verified", { timeout: CONVERGED_MS });
      await page.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
      await openTab(page, "Changes");
      await expect(main).toContainText("Rolled back");
      await screenshot(page, "tenants-05-rolled-back");
    });
  });

  test("a query over its quota is refused, an admin overrides it with a reason, and both are in the audit log", async ({
    open,
  }) => {
    const page = await open("#/tenants?site=lab");
    const main = page.getByRole("main");
    const refused = page.getByRole("dialog");

    await test.step("a quota smaller than the query", async () => {
      await setQuota(page, "1 MB");
      await expect(main).toContainText("retail-bank");
    });

    await test.step("the query is stopped before it leaves", async () => {
      await page.evaluate(
        (query) => void (location.hash = `#/explore?site=lab&tenant=retail-bank&q=${encodeURIComponent(query)}`),
        QUERY,
      );
      await expect(refused).toContainText("retail-bank");
      await screenshot(page, "tenants-06-refused");
    });

    await test.step("an admin runs it all the same", async () => {
      await refused.getByRole("textbox").fill("incident 4711: payments stand still");
      await refused.getByRole("button", { name: /override/i }).click();
      await expect(refused).toBeHidden();
      await expect(page.getByRole("toolbar", { name: "The result" })).toContainText(/[\d,]+ rows/);
    });

    await test.step("both are in the audit log", async () => {
      await page.evaluate(() => void (location.hash = "#/audit"));
      const refusal = main.getByRole("row").filter({ hasText: "logs.open" }).filter({ hasText: "failed" });
      await refusal.first().click();
      await expect(page.getByText("tenants.quota-exceeded").first()).toBeVisible();
      await expect(main).toContainText("logs.open");
      const overridden = main.getByRole("row").filter({ hasText: "logs.open" }).filter({ hasText: "succeeded" });
      await overridden.first().click();
      await expect(page.getByText("incident 4711: payments stand still").first()).toBeVisible();
      await screenshot(page, "tenants-07-audit");
    });

    await test.step("what it cost is in the ledger, and the quota shows it", async () => {
      await openTab(page, "Quotas");
      await expect(main).toContainText("Refuses");
      await screenshot(page, "tenants-08-quotas");
      await openTab(page, "Usage");
      await expect(main).toContainText("retail-bank");
      await screenshot(page, "tenants-09-usage");
    });

    await test.step("without the quota nothing is held back", async () => {
      await openTab(page, "Quotas");
      await page.getByRole("button", { name: "Change" }).first().click();
      await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
      await page.getByRole("button", { name: "Remove" }).last().click();
      await expect(main).toContainText("There are no quotas");
    });
  });

  test("a tenant's labels are sampled, and what dropping one would change is predicted with the way to do it", async ({
    open,
  }) => {
    const page = await open("#/tenants?site=lab&tenant=retail-bank");
    const main = page.getByRole("main");

    await test.step("a sample shows labels, values and streams", async () => {
      await openTab(page, "Cardinality");
      await main.getByRole("button", { name: "Sample" }).click();
      await expect(main.getByRole("row").nth(1)).toBeVisible({ timeout: ROUNDS_MS });
      await screenshot(page, "tenants-10-cardinality");
    });

    await test.step("what if its widest label were dropped", async () => {
      await main.getByRole("row").nth(1).click();
      await page
        .getByRole("radiogroup", { name: /^What to try/ })
        .getByText("Drop", { exact: true })
        .click();
      await expect(page.getByRole("complementary", { name: "What if" })).toContainText(/labeldrop|stage\.label_drop/, {
        timeout: ROUNDS_MS,
      });
      await screenshot(page, "tenants-11-what-if");
    });
  });
});

import type { Page } from "@playwright/test";
import { expect, screenshot, test } from "./console-fixture.ts";

/** A finding has to last for some rounds. */
const FOUND_MS = 90_000;
/** A dead member keeps its state until its heartbeat is a minute old. */
const UNHEALTHY_MS = 120_000;

async function switchFault(page: Page, name: RegExp, on: boolean): Promise<void> {
  await page.evaluate(() => void (location.hash = "#/overview?site=lab"));
  const fault = page.getByRole("switch", { name });
  // It moves when the lab has answered.
  if ((await fault.isChecked()) !== on) await fault.click({ force: true });
  await expect(fault).toBeChecked({ checked: on });
}

async function openHealth(page: Page, tab: string): Promise<void> {
  await page.evaluate(() => void (location.hash = "#/health?site=lab"));
  await page.getByRole("tab", { name: tab }).click();
}

test.describe("health of the lab", () => {
  test.setTimeout(300_000);

  test("a slow flush makes its ingester gray, with evidence; whether touching it is safe; a guided flush to its proof", async ({
    open,
  }) => {
    const page = await open("#/health?site=lab");
    const main = page.getByRole("main");
    const dialog = page.getByRole("dialog", { name: /Flush an ingester/ });

    await test.step("a lab without faults is healthy, and every process answered", async () => {
      await expect(main).toContainText(/([1-9]\d*) of \1 answered/, { timeout: FOUND_MS });
      await expect(main).toContainText("Healthy");
      await screenshot(page, "health-01-healthy");
    });

    await test.step("the board names the one that is slow, and why", async () => {
      await switchFault(page, /Slow flush.*loki-ingester-1/, true);
      await openHealth(page, "Board");
      await expect(main).toContainText(/loki-ingester-1: Its puts into the object store take/, { timeout: FOUND_MS });
      await screenshot(page, "health-02-gray");
    });

    await test.step("its drawer proves it against its mates", async () => {
      await page
        .getByRole("searchbox")
        .or(page.getByPlaceholder(/Instance, zone/))
        .first()
        .fill("loki-ingester-1");
      const name = main.getByText("loki-ingester-1", { exact: true });
      if ((await name.count()) === 0) await main.getByText("ingester", { exact: true }).click();
      await name.click();
      const evidence = page.getByText(/Its puts into the object store take .*, its mates' /).last();
      await expect(evidence).toBeVisible();
      await expect(page.getByText('loki_s3_request_duration_seconds{operation="S3.PutObject"}').last()).toBeVisible();
      await screenshot(page, "health-03-evidence");
    });

    await test.step("a flush is planned, and is safe now", async () => {
      await page.getByRole("button", { name: "Flush", exact: true }).click();
      await expect(dialog).toContainText("Safe now");
      await expect(dialog).toContainText("POST /flush → loki-ingester-1");
      await screenshot(page, "health-04-plan");
    });

    await test.step("it runs as a job, and what it did is verified", async () => {
      await dialog.getByRole("button", { name: "Flush an ingester" }).click();
      await expect(dialog).toContainText("Done and verified", { timeout: 180_000 });
      await expect(dialog).toContainText(/chunks flushed, no failures/);
      await screenshot(page, "health-05-verified");
      await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    });

    await test.step("the audit log says who did it", async () => {
      await page.evaluate(() => void (location.hash = "#/audit?site=lab"));
      await expect(page.getByRole("main")).toContainText("health.apply");
    });

    await test.step("when the fault is gone, so is the verdict", async () => {
      await switchFault(page, /Slow flush.*loki-ingester-1/, false);
      await openHealth(page, "Board");
      await expect(main).not.toContainText(/Its puts into the object store take/, { timeout: FOUND_MS });
      await openHealth(page, "Changes");
      await expect(main).toContainText("loki-ingester-1");
      await screenshot(page, "health-06-changes");
    });
  });

  test("a dead ingester is forgotten from the ring, by plan and typed confirmation", async ({ open }) => {
    const page = await open("#/overview?site=lab");
    const main = page.getByRole("main");
    const dialog = page.getByRole("dialog", { name: /Forget/ });

    await test.step("its heartbeat grows old until the ring calls it unhealthy", async () => {
      await switchFault(page, /killed.*loki-ingester-2/i, true);
      await openHealth(page, "Rings");
      const row = main.getByRole("row").filter({ hasText: "loki-ingester-2" });
      await expect(async () => {
        await page.getByRole("button", { name: "Look again" }).click();
        await expect(row).toContainText("UNHEALTHY", { timeout: 2_000 });
      }).toPass({ timeout: UNHEALTHY_MS });
      await screenshot(page, "health-07-unhealthy");
      await row.getByRole("button", { name: /Forget/ }).click();
    });

    await test.step("the plan says what it does; its name has to be typed", async () => {
      await expect(dialog).toContainText("forget=loki-ingester-2");
      await screenshot(page, "health-08-forget-plan");
      const apply = dialog.getByRole("button", { name: /^Forget/ });
      await expect(apply).toBeDisabled();
      await dialog.getByRole("textbox").last().fill("loki-ingester-2");
      await apply.click();
      await expect(dialog).toContainText("Done and verified", { timeout: 90_000 });
      await screenshot(page, "health-09-forgotten");
      await dialog.getByRole("button", { name: "Close", exact: true }).last().click();
    });

    await test.step("the ring has no such member any more", async () => {
      await page.getByRole("button", { name: "Look again" }).click();
      await expect(main.getByRole("row").filter({ hasText: "loki-ingester-2" })).toHaveCount(0);
      await switchFault(page, /killed.*loki-ingester-2/i, false);
    });
  });
});

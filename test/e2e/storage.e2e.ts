import type { Locator, Page } from "@playwright/test";
import { expect, screenshot, test } from "./console-fixture.ts";

/** The lab's bucket is filled in the background, on machines that do other things as well. */
const FILLED_MS = 120_000;
const SCANNED_MS = 120_000;
const RESTORED_MS = 240_000;
const STORE = "loki-chunks";

async function openStorage(page: Page, tab: string): Promise<Locator> {
  await page.evaluate(() => void (location.hash = "#/storage?site=lab"));
  const main = page.getByRole("main");
  await main.getByRole("tab", { name: tab }).click({ timeout: FILLED_MS });
  return main;
}

async function switchFault(page: Page, name: string): Promise<void> {
  await page.evaluate(() => void (location.hash = "#/overview?site=lab"));
  const fault = page.getByRole("switch", { name });
  await fault.click({ force: true });
  await expect(fault).toBeChecked();
}

async function scan(page: Page, state: RegExp): Promise<void> {
  const main = await openStorage(page, "Overview");
  await main.getByRole("button", { name: "Scan" }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Begin the scan" }).click();
  await expect(main).toContainText(state, { timeout: SCANNED_MS });
}

async function apply(dialog: Locator, button: RegExp, reason: string): Promise<void> {
  await dialog.getByRole("textbox", { name: /^Type / }).fill(STORE);
  await dialog.getByRole("textbox", { name: /^Reason/ }).fill(reason);
  await dialog.getByRole("button", { name: button }).click();
}

test.describe("storage of the lab", () => {
  test.setTimeout(900_000);

  test("damaged chunks are found, set aside, restored as of before and proven, and a drill leaves a report", async ({
    open,
  }) => {
    const page = await open("#/storage?site=lab");
    const main = page.getByRole("main");
    const dialog = page.getByRole("dialog");
    let before = "";

    await test.step("a first scan finds every object whole", async () => {
      await scan(page, /Whole: every object was checked/);
      await screenshot(page, "storage-01-whole");
      before = new Date().toISOString();
    });

    await test.step("damage is done, and the next scan says what it is and where", async () => {
      await switchFault(page, "Bucket: flipped bits in blocks");
      await scan(page, /Lines are lost or cannot be found/);
      await screenshot(page, "storage-02-damaged");
    });

    await test.step("a finding leads to the bad byte", async () => {
      await openStorage(page, "Findings");
      await main.getByRole("row").filter({ hasText: "Damaged block" }).first().click();
      await expect(main).toContainText("What Loki does about it");
      await page.getByRole("button", { name: "Look into the object" }).click();
      await expect(main).toContainText(/[0-9a-f]{8}(?:\s|\n)+(?:[0-9a-f]{2}\s){4}/);
      await screenshot(page, "storage-03-finding");
      await page.keyboard.press("Escape");
    });

    await test.step("one object is set aside by a plan, and comes back by a plan", async () => {
      await main.getByRole("row").filter({ hasText: "Damaged block" }).first().click();
      await page
        .getByRole("button", { name: /^Set aside/ })
        .last()
        .click();
      await expect(dialog).toContainText("an older version", { timeout: SCANNED_MS });
      await screenshot(page, "storage-04-quarantine-plan");
      await apply(dialog, /^(?:Set aside|Apply in spite)/, "a block does not check");
      await expect(dialog).toContainText(/Done/, { timeout: RESTORED_MS });
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await openStorage(page, "Quarantine");
      await main.getByRole("button", { name: "Bring back" }).first().click();
      await apply(dialog, /^(?:Bring back|Apply in spite)/, "it is restored from a version instead");
      await expect(dialog).toContainText("Done and verified", { timeout: RESTORED_MS });
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await expect(main).toContainText("Brought back");
    });

    await test.step("a restore as of before is planned: what is written, what speaks against it, what proves it", async () => {
      await openStorage(page, "Restore");
      await main.getByRole("button", { name: "Restore…" }).first().click();
      await dialog.getByRole("combobox", { name: "Restore from" }).click();
      await page.getByRole("option", { name: /Versions of its objects/ }).click();
      await dialog.getByRole("textbox", { name: /^As of/ }).fill(before);
      await dialog.getByRole("button", { name: "Plan the restore" }).click();
      await expect(dialog).toContainText(/Can be applied/, { timeout: RESTORED_MS });
      await expect(dialog).toContainText(/^~ \S+\/\S+:\S+:[0-9a-f]+/m);
      await screenshot(page, "storage-05-restore-plan");
    });

    await test.step("it is done: each object read back, the compactor runs again, the queries find their lines", async () => {
      await apply(dialog, /^(?:Restore|Apply in spite)/, "bits rotted");
      await expect(dialog).toContainText("Done and verified", { timeout: RESTORED_MS });
      await expect(dialog).toContainText(/runs again with 1 replica/);
      await expect(dialog.getByRole("table", { name: "Queries that prove it" })).toContainText("works");
      await screenshot(page, "storage-06-restored");
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await scan(page, /Whole: every object was checked/);
    });

    await test.step("a drill restores into the scratch bucket and leaves a signed report", async () => {
      await openStorage(page, "Drills");
      await main.getByRole("button", { name: "Plan a drill" }).click();
      await dialog.getByRole("textbox", { name: /^Tenants/ }).fill("treasury");
      await dialog.getByRole("button", { name: "Plan the restore" }).click();
      await expect(dialog).toContainText(/Can be applied/, { timeout: RESTORED_MS });
      await apply(dialog, /^(?:Run the drill|Apply in spite)/, "quarterly drill");
      await expect(dialog).toContainText("Done and verified", { timeout: RESTORED_MS });
      await screenshot(page, "storage-07-drill");
      await dialog.getByRole("button", { name: "Close" }).last().click();
      await main.getByRole("row").nth(1).click();
      await expect(page.getByRole("complementary").last()).toContainText("Ed25519");
      await screenshot(page, "storage-08-report");
    });
  });
});

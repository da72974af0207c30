import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, screenshot, test } from "./console-fixture.ts";

const LOG = readFileSync("test/fixtures/loghub/Zookeeper_2k.log");

/** Drops files on the window, as a browser does. */
async function drop(page: Page, files: readonly { readonly name: string; readonly bytes: Buffer }[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, base64: bytes.toString("base64") }));
  const transfer = await page.evaluateHandle((list) => {
    const made = new DataTransfer();
    for (const { name, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      made.items.add(new File([bytes], name));
    }
    return made;
  }, given);
  for (const kind of ["dragenter", "dragover", "drop"]) {
    await page.dispatchEvent("body", kind, { dataTransfer: transfer });
  }
}

test.describe("offline review", () => {
  test("drop a file, answer what it does not say, query it, export it, open the export, make a capsule and open that", async ({
    open,
  }) => {
    const page = await open("#/archives");
    const result = page.getByRole("toolbar", { name: "The result" });
    const rows = page.getByRole("grid", { name: "Log lines" });

    await test.step("the screen teaches what can be opened", async () => {
      await expect(page.getByRole("heading", { name: "Logs without a cluster" })).toBeVisible();
      await screenshot(page, "20-archives-empty");
    });

    await test.step("a dropped file without zones asks once and opens in Explore", async () => {
      await drop(page, [{ name: "zookeeper.log", bytes: LOG }]);
      const dialog = page.getByRole("dialog");
      await expect(dialog.getByText("Which time zone are these times in?")).toBeVisible();
      await screenshot(page, "21-archive-questions");
      await dialog.getByRole("textbox", { name: "Time zone" }).fill("UTC");
      await dialog.getByRole("button", { name: "Open", exact: true }).click();
      await expect(result).toContainText("2,000 rows");
      await expect(rows.getByRole("row").nth(1)).toContainText(/\d\d:\d\d:\d\d\.\d{9}/);
      await screenshot(page, "22-archive-explore");
    });

    await test.step("it answers LogQL: a filter, a facet's values, the histogram", async () => {
      await page.getByRole("textbox", { name: /LogQL/ }).click();
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type('{filename="zookeeper.log"} |= "WARN"');
      await page.keyboard.press("ControlOrMeta+Enter");
      await expect(result).toContainText("1,318 rows");
      await expect(page.getByRole("listbox")).toHaveCount(0);
      await screenshot(page, "23-archive-query");
    });

    await test.step("the whole range goes out as a job, and opens with one click", async () => {
      await page.getByRole("button", { name: "Export…" }).click();
      const dialog = page.getByRole("dialog", { name: "Export" });
      await dialog.getByRole("textbox", { name: "Archive folder" }).fill("zookeeper-warnings");
      await screenshot(page, "24-export");
      await dialog.getByRole("button", { name: "Start the export" }).click();
      await page.evaluate(() => void (location.hash = "#/jobs"));
      await expect(page.getByText("succeeded").first()).toBeVisible();
      await screenshot(page, "25-export-job");
      await page.getByRole("main").getByRole("button", { name: "Open", exact: true }).click();
      await expect(result).toContainText("1,318 rows");
      await expect(page.getByRole("button", { name: "Completeness: complete" })).toBeVisible();
    });

    await test.step("rows go out as a file of the browser's", async () => {
      await page.getByRole("button", { name: "Export…" }).click();
      const dialog = page.getByRole("dialog", { name: "Export" });
      await dialog.getByText("These rows, as a file").click();
      const saved = page.waitForEvent("download");
      await dialog.getByRole("button", { name: /Save 1,318 rows/ }).click();
      const text = readFileSync(await (await saved).path(), "utf8");
      expect(text.trimEnd().split("\n")).toHaveLength(1318);
      await page.keyboard.press("Escape");
    });

    await test.step("the query, its rows and notes become a capsule that opens without the rest", async () => {
      await page.getByRole("button", { name: /^Capsule tray/ }).click();
      await page.getByRole("button", { name: "Add this query" }).click();
      await page.getByRole("button", { name: "Make the capsule…" }).click();
      const dialog = page.getByRole("dialog", { name: "Investigation capsule" });
      await dialog.getByRole("textbox", { name: "Title" }).fill("Elections that fail");
      await dialog.getByRole("textbox", { name: "Notes" }).fill("Quorum lost at 17:41, <b>not</b> the disk.");
      await screenshot(page, "26-capsule");
      await dialog.getByRole("button", { name: "Make the capsule" }).click();
      await page.evaluate(() => void (location.hash = "#/jobs"));
      const job = page.getByRole("main").getByRole("listitem").filter({ hasText: "Elections that fail" });
      await job.getByRole("button", { name: "Open", exact: true }).click();
      await expect(result).toContainText("1,318 rows");
      await page.evaluate(() => void (location.hash = "#/archives"));
      await page.getByRole("main").getByRole("button", { name: "Elections that fail" }).click();
      await expect(page.getByText("Quorum lost at 17:41, <b>not</b> the disk.")).toBeVisible();
      await screenshot(page, "27-capsule-opened");
    });
  });
});

import { expect, screenshot, test } from "./console-fixture.ts";

test.describe("triage on the lab", () => {
  test("query, zoom in on the histogram, narrow by a facet, open a line, its context, find, then tail through a cut", async ({
    open,
  }) => {
    const page = await open();
    const result = page.getByRole("toolbar", { name: "The result" });
    const rows = page.getByRole("grid", { name: "Log lines" });

    await test.step("a query of the start screen fills the list", async () => {
      await expect(page.getByText("What are you looking for?")).toBeVisible();
      await screenshot(page, "01-start");
      await page.getByText("all its lines").click();
      await expect(result).toContainText(/[\d,]+ rows/);
      await expect(rows.getByRole("row").nth(1)).toContainText(/\d\d:\d\d:\d\d\.\d{9}/);
      await expect(page.getByRole("button", { name: "Completeness: complete" })).toBeVisible();
    });

    const rowsRead = async () => Number(/([\d,]+) rows/.exec(await result.innerText())?.[1]?.replaceAll(",", ""));
    const all = await rowsRead();

    await test.step("dragging over the histogram zooms to that stretch", async () => {
      const bars = page.getByRole("slider", { name: /Volume by level/ });
      const box = await bars.boundingBox();
      if (box === null) throw new Error("no histogram");
      await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2, { steps: 5 });
      await page.mouse.up();
      await expect.poll(rowsRead).toBeLessThan(all * 0.6);
      await screenshot(page, "02-zoomed");
    });

    await test.step("a facet writes a matcher and runs it", async () => {
      const facets = page.getByRole("region", { name: "Labels and fields" });
      await facets
        .getByRole("button", { name: /^Only pod = / })
        .first()
        .click();
      await expect(page.getByRole("textbox", { name: /LogQL/ })).toContainText('pod="');
      await expect(result).toContainText(/[\d,]+ rows/);
      await screenshot(page, "03-facet");
    });

    await test.step("a line opens beside the list with labels and metadata apart", async () => {
      await rows.getByRole("row").nth(3).dblclick();
      await expect(page.getByRole("tab", { name: "Fields" })).toBeVisible();
      await expect(page.getByRole("tabpanel")).toContainText("detected_level");
      await screenshot(page, "04-line");
    });

    await test.step("its context shows the lines around it", async () => {
      await page.getByRole("tab", { name: "Context" }).click();
      const context = page.getByRole("grid", { name: "Lines around the chosen one" });
      await expect(context.getByRole("row").nth(2)).toBeVisible();
      await screenshot(page, "05-context");
      await page.keyboard.press("Escape");
    });

    await test.step("find counts matches and goes from one to the next", async () => {
      await page.getByRole("button", { name: "Find in result" }).click();
      await page.getByRole("textbox", { name: "Find in the rows read" }).fill("login");
      const outcome = page
        .getByRole("status")
        .filter({ hasText: /of|matches/ })
        .first();
      await expect(outcome).toHaveText(/^[1-9][\d,]* matches$/);
      await page.keyboard.press("Enter");
      await expect(outcome).toHaveText(/^[\d,]+ of [\d,]+$/);
      await screenshot(page, "06-find");
      await page.getByRole("button", { name: "Close find" }).click();
    });

    await test.step("a tail that is cut says so in the list, and goes on", async () => {
      await page.getByRole("button", { name: "Live", exact: true }).click();
      await expect(page.getByText("live", { exact: true })).toBeVisible();
      const drill = await open("#/overview");
      await drill.getByRole("switch", { name: /Cut tails/i }).click({ force: true });
      await expect(page.getByText(/Filled in after a cut|Gap: lines between/).first()).toBeVisible({ timeout: 30_000 });
      await screenshot(page, "07-tail-gap");
      await screenshot(drill, "08-overview");
      await drill.close();
      await page.getByRole("button", { name: "Stop tail" }).click();
    });
  });
});

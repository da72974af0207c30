import type { Page } from "playwright";
import { printBenchLine } from "./bench-line.ts";
import { withExplorePage, type ExplorePage } from "./explore-page/serve-page.ts";

// The list of Explore over rows made in the page: what the window itself can do, whatever the core does behind it.

interface FrameReport {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly framesPerSecond: number;
  readonly longTasksMs: readonly number[];
  readonly mostElements: number;
}

const MIB = 2 ** 20;
const TAIL_SECONDS = Number(process.env["KUBEMATE_BENCH_TAIL_SECONDS"] ?? "30");

/** Turns the wheel by so much in every frame and watches frames, long tasks and elements. 0 only watches. */
function measureFrames(page: Page, deltaPx: number, frames: number): Promise<FrameReport> {
  return page.evaluate(
    async ([delta, count]) => {
      const port = document.querySelector("[role=grid]");
      const long: number[] = [];
      const observer = new PerformanceObserver((list) =>
        long.push(...list.getEntries().map((entry) => entry.duration)),
      );
      observer.observe({ entryTypes: ["longtask"] });
      const times: number[] = [];
      let most = 0;
      await new Promise<void>((resolve) => {
        const step = (now: number): void => {
          times.push(now);
          most = Math.max(most, document.querySelectorAll("[data-row]").length);
          if (delta !== 0)
            port?.dispatchEvent(new WheelEvent("wheel", { deltaY: delta, bubbles: true, cancelable: true }));
          if (times.length <= count) requestAnimationFrame(step);
          else resolve();
        };
        requestAnimationFrame(step);
      });
      observer.disconnect();
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
      const sorted = gaps.toSorted((a, b) => a - b);
      const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      const total = gaps.reduce((sum, gap) => sum + gap, 0);
      return {
        p50Ms: at(0.5),
        p95Ms: at(0.95),
        framesPerSecond: (gaps.length / total) * 1_000,
        longTasksMs: long,
        mostElements: most,
      };
    },
    [deltaPx, frames] as const,
  );
}

async function heapMib(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  await devtools.detach();
  return usedSize / MIB;
}

/** Runs something and answers the tasks of more than 50 ms that the page had meanwhile. */
async function longTasksDuring(page: Page, act: () => Promise<void>): Promise<readonly number[]> {
  await page.evaluate(() => {
    const found: number[] = [];
    const observer = new PerformanceObserver((list) => found.push(...list.getEntries().map((entry) => entry.duration)));
    observer.observe({ entryTypes: ["longtask"] });
    Object.assign(window, { longTasks: found });
  });
  await act();
  return page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return (window as unknown as { longTasks: number[] }).longTasks;
  });
}

function worst(tasks: readonly number[]): string {
  return tasks.length === 0 ? "none" : `${tasks.length}, worst ${Math.round(Math.max(...tasks))} ms`;
}

async function scrollMillion({ page, open }: ExplorePage): Promise<void> {
  await open("million");
  await measureFrames(page, 100, 60);
  const fine = await measureFrames(page, 100, 300);
  const coarse = await measureFrames(page, 2_000, 300);
  const back = await measureFrames(page, -2_000, 300);
  const heap = await heapMib(page);
  const p95 = Math.max(coarse.p95Ms, back.p95Ms);
  const most = Math.max(fine.mostElements, coarse.mostElements, back.mostElements);
  const figures = [
    `p95 frame ${p95.toFixed(1)} ms`,
    `${Math.min(coarse.framesPerSecond, back.framesPerSecond).toFixed(1)} fps`,
    `heap ${heap.toFixed(0)} MiB`,
    `${most} row elements`,
    `tasks over 50 ms: ${worst([...coarse.longTasksMs, ...back.longTasksMs])}`,
  ];
  printBenchLine({
    what: "1,000,000-line result set: scroll by 2,000 px a frame",
    reach: "p95 frame ≤ 17 ms, page heap ≤ 60 MB, never more than 120 row elements",
    measured: figures.join(", "),
    ok: p95 <= 17 && heap <= 60 && most <= 120,
  });
  printBenchLine({
    what: "the same, 100 px a frame",
    reach: "",
    measured: `p95 frame ${fine.p95Ms.toFixed(1)} ms, ${fine.framesPerSecond.toFixed(1)} fps`,
    ok: null,
  });
}

async function jumpInHuge({ page, open }: ExplorePage): Promise<void> {
  await open("huge");
  const jumps = await page.evaluate(async () => {
    const port = document.querySelector("[role=grid]");
    if (port === null) return [];
    const taken: number[] = [];
    for (let jump = 1; jump <= 40; jump += 1) {
      const before = Number(document.querySelector<HTMLElement>("[data-row]")?.dataset["row"] ?? -1);
      const began = performance.now();
      port.scrollTop = ((jump * 0.618_034) % 1) * (port.scrollHeight - port.clientHeight);
      // Looked at after each frame's own work: a message comes behind everything that was drawn in it.
      const isPainted = async (): Promise<boolean> => {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        await new Promise<void>((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.addEventListener("message", () => resolve(), { once: true });
          port1.start();
          port2.postMessage(null);
        });
        const row = Number(document.querySelector<HTMLElement>("[data-row]")?.dataset["row"] ?? -1);
        return row !== before && document.querySelector("[data-kind=loading]") === null;
      };
      while (!(await isPainted())) if (performance.now() - began > 5_000) throw new Error("rows never came");
      taken.push(performance.now() - began);
    }
    return taken.toSorted((a, b) => a - b);
  });
  await page.locator("[role=grid]").first().focus();
  await page.keyboard.press("End");
  await page.waitForFunction(() => document.querySelector('[data-row="19999999"][data-kind=entry]') !== null);
  const median = jumps[Math.floor(jumps.length / 2)] ?? Number.NaN;
  const slowest = jumps.at(-1) ?? Number.NaN;
  printBenchLine({
    what: "20,000,000 rows in a set: jump to any row (the page's part)",
    reach: "≤ 50 ms to painted rows",
    measured: `median ${median.toFixed(0)} ms, slowest of 40 ${slowest.toFixed(0)} ms; the last row is reached`,
    ok: slowest <= 50,
  });
}

async function longLines({ page, open }: ExplorePage): Promise<void> {
  await open("long-line");
  const opened = await longTasksDuring(page, async () => {
    await page.locator('[data-row="3"]').dblclick();
    await page.getByRole("tab", { name: "Pretty" }).click();
    await page.getByRole("button", { name: "Read the whole line" }).click();
    await page.getByText(/Shown up to/).waitFor({ timeout: 120_000 });
    await page.getByRole("tab", { name: "Raw" }).click();
    await page.waitForTimeout(500);
  });
  await open("wide-json");
  const scrolled = await longTasksDuring(page, async () => {
    await measureFrames(page, 400, 120);
    await page.keyboard.press("w");
    await measureFrames(page, 400, 240);
    await measureFrames(page, -400, 120);
  });
  printBenchLine({
    what: "one 20 MB line, and 200 lines of 12 KB JSON",
    reach: "no task longer than 50 ms in the page",
    measured: `20 MB line: ${worst(opened)}; 200 × 12 KB: ${worst(scrolled)}`,
    ok: opened.length === 0 && scrolled.length === 0,
  });
}

async function tailFast({ page, open }: ExplorePage): Promise<void> {
  await open("fast-tail");
  await measureFrames(page, 0, 120);
  const before = await heapMib(page);
  const report = await measureFrames(page, 0, TAIL_SECONDS * 60);
  const after = await heapMib(page);
  printBenchLine({
    what: `tail at 20,000 lines/s for ${TAIL_SECONDS} s (the page's part)`,
    reach: "page ≥ 55 fps, memory flat",
    measured: `${report.framesPerSecond.toFixed(1)} fps, p95 frame ${report.p95Ms.toFixed(1)} ms, heap ${before.toFixed(0)} → ${after.toFixed(0)} MiB`,
    ok: report.framesPerSecond >= 55 && after - before < 10,
  });
}

await withExplorePage(async (opened) => {
  await scrollMillion(opened);
  await jumpInHuge(opened);
  await longLines(opened);
  await tailFast(opened);
});

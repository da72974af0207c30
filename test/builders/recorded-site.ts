import { readFileSync } from "node:fs";
import type { RingMember, Scrape, ScrapeRound } from "../../src-main/core/health/detection/scrape.ts";
import { parseExposition } from "../../src-main/core/health/scraping/exposition-parser.ts";
import { KEPT_FAMILIES } from "../../src-main/core/health/scraping/kept-families.ts";
import type { RoundReport } from "../../src-main/core/health/scraping/scraper.ts";
import type { OutcomeKind } from "../../src-main/core/health/scraping/target-outcome.ts";

const START_MS = Date.UTC(2026, 0, 5, 10);

export interface RecordedProcess {
  readonly instance: string;
  readonly component: string;
  /** As its last page said; change it to make it say something else. */
  readonly series: Record<string, number>;
  outcome: OutcomeKind;
  ready: boolean | null;
  tookSeconds: number;
}

/** A site whose processes answer what real ones answered (`test/fixtures/health/metrics`), until a test changes it. */
export class RecordedSite {
  readonly processes: RecordedProcess[] = [];
  readonly intervalMs: number;
  ring: readonly RingMember[] | null = null;
  listError: RoundReport["listError"] = null;
  #nowMs = START_MS;

  constructor(intervalMs = 15_000) {
    this.intervalMs = intervalMs;
  }

  /** The process of a page; its start is a day before the first round. */
  add(page: string, instance = page, component = page.replace(/-\d+$/, "")): RecordedProcess {
    const body = readFileSync(`test/fixtures/health/metrics/${page}.txt`);
    const series: Record<string, number> = { ...parseExposition(body, (name) => KEPT_FAMILIES.has(name)).series };
    series["process_start_time_seconds"] = START_MS / 1_000 - 86_400;
    const process: RecordedProcess = {
      instance,
      component,
      series,
      outcome: "answered",
      ready: true,
      tookSeconds: 0.02,
    };
    this.processes.push(process);
    return process;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** The next round; `before` it is taken, time passes. */
  round(): RoundReport {
    this.#nowMs += this.intervalMs;
    const atMs = this.#nowMs;
    const scrapes = this.processes.map(({ instance, component, series, outcome, ready, tookSeconds }): Scrape => {
      const answered = outcome === "answered";
      return {
        instance,
        component,
        atMs,
        tookSeconds,
        series: answered ? { ...series } : null,
        ready: answered ? ready : null,
      };
    });
    const round: ScrapeRound = { atMs, scrapes, ring: this.ring };
    const targets = this.processes.map(({ instance, component, outcome }) => ({
      instance,
      component,
      zone: null,
      node: null,
      outcome,
      error: null,
      sizeBytes: 0,
      samples: 0,
      brokenLines: 0,
      repeatedKeys: 0,
    }));
    const ringFrom = this.ring === null ? null : (this.processes[0]?.instance ?? null);
    return { round, targets, ringFrom, ringError: null, listError: this.listError, tookMs: 0 };
  }
}

/** Adds to a series; one that is not there begins at nothing. */
export function grow(process: RecordedProcess, key: string, by: number): void {
  process.series[key] = (process.series[key] ?? 0) + by;
}

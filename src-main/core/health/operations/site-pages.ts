import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../common/clock.ts";
import { parseExposition } from "../scraping/exposition-parser.ts";
import type { ReadingPath, ScrapeTarget, TargetAnswer, TargetSource } from "../scraping/scrape-target.ts";
import { withinTime } from "../scraping/time-limit.ts";
import { INGESTER_FAMILIES, ingesterReading, type IngesterReading } from "./ingester-reading.ts";

const LISTED_FOR_MS = 5_000;
const TIMEOUT_MS = 10_000;
const METRICS_BYTES = 64 * 2 ** 20;
const TEXT_BYTES = 65_536;

/** Components whose processes hold an ingester. */
export const INGESTING: ReadonlySet<string> = new Set(["ingester", "write", "single-binary"]);

/** What the processes of a site say right now, for looking before and after an act. Reads only. */
export class SitePages {
  readonly #source: TargetSource;
  readonly #clock: Clock;
  #listed: { readonly atMs: number; readonly targets: readonly ScrapeTarget[] } | null = null;

  constructor(source: TargetSource, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  async targets(signal: AbortSignal): Promise<readonly ScrapeTarget[]> {
    const nowMs = this.#clock.nowMs();
    if (this.#listed !== null && Math.abs(nowMs - this.#listed.atMs) < LISTED_FOR_MS) return this.#listed.targets;
    const targets = await this.#source.targets(signal);
    this.#listed = { atMs: nowMs, targets };
    return targets;
  }

  /** @throws AppError `health.instance-unknown`, or why it does not answer */
  async get(instance: string, path: ReadingPath, signal: AbortSignal, maxBytes = TEXT_BYTES): Promise<TargetAnswer> {
    const targets = await this.targets(signal);
    const target = targets.find((each) => each.instance === instance);
    if (target === undefined) throw new AppError("health.instance-unknown", { instance });
    return withinTime(this.#clock, TIMEOUT_MS, signal, (inner) =>
      target.get({ path, maxBytes, timeoutMs: TIMEOUT_MS, signal: inner }),
    );
  }

  /** The body of a page that was answered with 200. @throws AppError `loki.bad-response` for another status */
  async text(instance: string, path: ReadingPath, signal: AbortSignal): Promise<string> {
    const { status, body } = await this.get(instance, path, signal);
    const text = body.toString("utf8").trim();
    if (status !== 200) throw new AppError("loki.bad-response", { status, problem: text.slice(0, 200) });
    return text;
  }

  /** Whether `/ready` is 200; a process that does not answer is not ready. */
  async ready(instance: string, signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.get(instance, "/ready", signal)).status === 200;
    } catch (error) {
      if (signal.aborted) throw error;
      return false;
    }
  }

  /** @throws AppError as `get`, or `loki.bad-response` where there are no metrics */
  async reading(instance: string, signal: AbortSignal): Promise<IngesterReading> {
    const { status, body } = await this.get(instance, "/metrics", signal, METRICS_BYTES);
    if (status !== 200) throw new AppError("loki.bad-response", { status, problem: "no metrics" });
    const { series } = parseExposition(body, (name) => INGESTER_FAMILIES.has(name));
    return ingesterReading(instance, series);
  }

  /** All ingesters; whoever does not answer is there with nothing known. */
  async ingesters(signal: AbortSignal): Promise<readonly IngesterReading[]> {
    const targets = await this.targets(signal);
    const names = targets.filter(({ component }) => INGESTING.has(component)).map(({ instance }) => instance);
    return Promise.all(
      names.map(async (instance) => {
        try {
          return await this.reading(instance, signal);
        } catch (error) {
          if (signal.aborted || !isAppError(error)) throw error;
          return ingesterReading(instance, null);
        }
      }),
    );
  }
}

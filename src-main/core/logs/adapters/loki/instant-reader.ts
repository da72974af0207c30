import { z } from "zod";
import { hasCode, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { CompletenessReason } from "../../../../../src-shared/model/completeness.ts";
import { labelSetSchema, type LabelSet } from "../../../../../src-shared/model/labels.ts";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import { timeAt, sliceRows } from "./column-batches.ts";
import { FilterPartition } from "./filter-partition.ts";
import type { LokiClient } from "./loki-client.ts";
import type { Page, PageAccount, PageSource } from "./page-source.ts";
import { cutAtSelector, logqlString, type LogQueryText } from "./query-text.ts";

/*
 * All entries of one nanosecond, however many.
 *
 * First as many as the server hands out at once; then stream by stream, each named by all of its labels (and by those it
 * does not have); then one stream in parts that line filters tell apart, and entries of equal lines by their structured
 * metadata. Loki keeps no two entries that are equal in stream, time, line and metadata, so in principle everything can
 * be told apart; where it cannot (a limit of matchers, too many parts), the rest is passed over and the reader is told.
 */

export interface InstantPiece {
  readonly batch: LogBatch | null;
  readonly account: PageAccount | null;
  readonly reason: CompletenessReason | null;
}

export interface InstantReaderOptions {
  readonly client: LokiClient;
  readonly pages: PageSource;
  /** Pages with metadata apart: what the parts of a stream are told apart by. */
  readonly samples: PageSource;
  /** Requests for one instant at most. */
  readonly maxRequests: number;
}

const seriesSchema = z.object({ data: z.array(labelSetSchema).optional() });

const MAX_SERIES_BYTES = 32 * 1_024 * 1_024;

export class InstantReader {
  readonly #options: InstantReaderOptions;

  constructor(options: InstantReaderOptions) {
    this.#options = options;
  }

  async *read(expr: string, atNs: bigint, signal: AbortSignal): AsyncGenerator<InstantPiece, void, undefined> {
    const { pages } = this.#options;
    const whole = await instantPage(pages, expr, atNs, signal);
    if (!whole.crowded) {
      yield piece(whole.page);
      return;
    }
    const query = cutAtSelector(expr);
    const streams = query === null ? [] : await this.#streams(query.selector, atNs, signal);
    let found = 0;
    let missed = false;
    if (query !== null) {
      const budget = { requests: this.#options.maxRequests };
      const names = [...new Set(streams.flatMap((labels) => Object.keys(labels)))].toSorted();
      for (const labels of streams) {
        const one = { ...query, selector: exactSelector(labels, names) };
        for await (const part of this.#stream(one, labels, atNs, budget, signal)) {
          found += part.batch?.rowCount ?? 0;
          missed ||= part.reason !== null;
          yield part;
        }
      }
    }
    // Fewer than were seen at once: the streams that the index named are not all that there are.
    if (found < whole.page.batch.rowCount && !missed) {
      if (found === 0) yield piece(whole.page);
      yield { batch: null, account: null, reason: { kind: "page-inseparable", atNs: atNs.toString() } };
    }
  }

  async *#stream(
    query: LogQueryText,
    labels: LabelSet,
    atNs: bigint,
    budget: { requests: number },
    signal: AbortSignal,
  ): AsyncGenerator<InstantPiece, void, undefined> {
    const inseparable: CompletenessReason = { kind: "page-inseparable", atNs: atNs.toString(), stream: labels };
    // Depth first, so that few parts are pending at once.
    const pending = [FilterPartition.whole()];
    for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
      if (budget.requests <= 0) {
        yield { batch: null, account: null, reason: inseparable };
        return;
      }
      budget.requests -= 2;
      let kept: Page | null = null;
      try {
        const filters = part.filters();
        const own = await instantPage(
          this.#options.pages,
          `${query.head}${query.selector}${filters}${query.tail}`,
          atNs,
          signal,
        );
        if (!own.crowded) {
          yield piece(own.page);
          continue;
        }
        kept = own.page;
        // The parts are told apart by the lines as they are stored, before the query's own stages change them.
        const raw = await instantPage(this.#options.samples, `${query.selector}${filters}`, atNs, signal);
        const parts = part.split(raw.page.batch);
        if (parts !== null) {
          pending.push(...parts);
          continue;
        }
      } catch (error) {
        if (!isAppError(error) || hasCode(error, "request.cancelled") || error.retryable) throw error;
      }
      // A filter that Loki refuses, or rows that nothing tells apart: what was seen is given, and that there is more.
      if (kept !== null) yield piece(kept);
      yield { batch: null, account: null, reason: inseparable };
    }
  }

  async #streams(selector: string, atNs: bigint, signal: AbortSignal): Promise<readonly LabelSet[]> {
    const params = new URLSearchParams({
      "match[]": selector,
      // The index knows milliseconds; streams that have nothing at this instant do no harm.
      start: (atNs - 1_000_000n).toString(),
      end: (atNs + 1_000_000n).toString(),
    });
    const answer = await this.#options.client.json(
      { path: "/loki/api/v1/series", params, maxBytes: MAX_SERIES_BYTES },
      signal,
    );
    const parsed = seriesSchema.safeParse(answer);
    const found = parsed.success ? (parsed.data.data ?? []) : [];
    return found.toSorted((a, b) => (exactSelector(a, []) < exactSelector(b, []) ? -1 : 1));
  }
}

interface InstantPage {
  readonly page: Page;
  /** There may be more rows than these at this instant. */
  readonly crowded: boolean;
}

/** The rows of one instant: backward, so that the instant's own rows come before those of the nanosecond before it. */
async function instantPage(pages: PageSource, expr: string, atNs: bigint, signal: AbortSignal): Promise<InstantPage> {
  const request = { expr, startNs: atNs - 1n, endNs: atNs + 1n, direction: "backward" as const };
  const { batch, account } = await pages.fetch({ ...request, limit: pages.size.largest }, signal);
  let rows = batch.rowCount;
  while (rows > 0 && timeAt(batch, rows - 1) < atNs) rows--;
  return { page: { batch: sliceRows(batch, 0, rows), account }, crowded: account.full && rows === batch.rowCount };
}

/** A selector of exactly one stream among those that have `names` between them. */
function exactSelector(labels: LabelSet, names: readonly string[]): string {
  const present = Object.keys(labels)
    .toSorted()
    .map((name) => `${name}=${logqlString(labels[name] ?? "")}`);
  const absent = names.filter((name) => !Object.hasOwn(labels, name)).map((name) => `${name}=""`);
  return `{${[...present, ...absent].join(", ")}}`;
}

function piece(page: Page): InstantPiece {
  return { batch: page.batch.rowCount > 0 ? page.batch : null, account: page.account, reason: null };
}

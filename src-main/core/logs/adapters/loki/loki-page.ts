import { z } from "zod";
import type { LogBatch } from "../../../../../src-shared/model/log-batch.ts";
import type { Direction } from "../../../../../src-shared/model/log-query.ts";
import { isRecord, type RawStats } from "./answer-stats.ts";
import { PageShapeError, tableFromJson } from "./page-json.ts";
import { scanPage } from "./page-scan.ts";
import { orderedBatch, type PageTable } from "./page-table.ts";

/** One answer to a log query, read. */
export interface LokiPage {
  readonly batch: LogBatch;
  /** `data.stats` as it came; `null` when there is none. */
  readonly stats: RawStats | null;
  readonly warnings: readonly string[];
}

/** What became of the bytes: a page, or why they are none. Plain data, so that it can cross from a worker. */
export type PageOutcome =
  | { readonly kind: "page"; readonly page: LokiPage }
  /** A well-formed answer, but to a metric query. */
  | { readonly kind: "not-logs"; readonly resultType: string }
  | { readonly kind: "bad"; readonly problem: string };

const envelopeSchema = z.object({
  status: z.literal("success"),
  data: z.object({ resultType: z.string(), result: z.unknown(), stats: z.unknown().optional() }),
  warnings: z.array(z.string()).optional(),
});

/** Bounds on warnings: they are shown to people. */
const MAX_WARNINGS = 20;
const MAX_WARNING_CHARACTERS = 500;

/**
 * Reads the body of a `query_range` answer into columns, in `direction` order. The scanner reads what Loki writes; the JSON
 * reader all the rest. Runs in a worker thread for large answers.
 */
export function parseLokiPage(body: Uint8Array, direction: Direction): PageOutcome {
  try {
    const scanned = scanPage(body);
    const shell: unknown = JSON.parse(scanned?.shell ?? new TextDecoder().decode(body));
    const envelope = envelopeSchema.safeParse(shell);
    if (!envelope.success) return { kind: "bad", problem: "not an answer of Loki's" };
    const { data, warnings } = envelope.data;
    if (data.resultType !== "streams") return { kind: "not-logs", resultType: data.resultType.slice(0, 40) };
    const table: PageTable = scanned?.table ?? tableFromJson(data.result);
    return {
      kind: "page",
      page: {
        batch: orderedBatch(table, direction),
        stats: isRecord(data.stats) ? data.stats : null,
        warnings: boundedWarnings(warnings ?? []),
      },
    };
  } catch (error) {
    if (error instanceof PageShapeError) return { kind: "bad", problem: error.message };
    if (error instanceof SyntaxError) return { kind: "bad", problem: "not JSON, or cut short" };
    throw error;
  }
}

export function boundedWarnings(warnings: readonly string[]): readonly string[] {
  return warnings.slice(0, MAX_WARNINGS).map((text) => text.slice(0, MAX_WARNING_CHARACTERS));
}

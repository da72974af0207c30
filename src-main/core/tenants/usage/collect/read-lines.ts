import { LRUCache } from "lru-cache";
import { msFromNano, nanoFromMs } from "../../../../../src-shared/model/nano-time.ts";
import type { QueryCost } from "../../../../../src-shared/model/tenants/query-cost.ts";
import type { LogSource } from "../../../logs/log-source.ts";
import type { CostListener } from "../../../logs/request-cost.ts";
import { costOfLine } from "../../query-cost/cost-of-line.ts";
import { queryShape } from "../../query-cost/query-shape.ts";
import { MAX_METRICS_LINE_CHARS, parseMetricsLine } from "../../query-cost/metrics-line.ts";
import { FRONTEND_FILTERS } from "./line-place.ts";

/** Some lines are read, then others have their turn: parsing a query takes up to a millisecond. */
const LINES_A_TURN = 25;
const MAX_LINES = 200_000;
/** Dashboards ask the same texts again and again: they are not parsed again. */
const MAX_SHAPES = 10_000;

export interface LinesRead {
  readonly costs: readonly QueryCost[];
  readonly lines: number;
  /** Lines of the frontend that tell no cost. */
  readonly unreadable: number;
}

/** How a read of lines ended. */
export interface LinesEnd {
  /** Everything before it was read. */
  readonly untilMs: number;
  readonly complete: boolean;
}

/** Reads frontends' lines as costs. */
export class LineReader {
  readonly #shapes = new LRUCache<string, string>({ max: MAX_SHAPES });

  /** Yields what each batch tells; returns how far it came. Throws what the source throws. */
  async *read(
    source: LogSource,
    { selector, site, fromMs, toMs }: { selector: string; site: string; fromMs: number; toMs: number },
    onCost: CostListener,
    signal: AbortSignal,
  ): AsyncGenerator<LinesRead, LinesEnd, undefined> {
    const range = { startNs: nanoFromMs(fromMs), endNs: nanoFromMs(toMs) };
    const expr = `${selector} ${FRONTEND_FILTERS}`;
    const query = { expr, range, direction: "forward" as const, limit: MAX_LINES };
    let rows = 0;
    let lastNs = range.startNs;
    let complete = true;
    for await (const event of source.read(query, signal, onCost)) {
      if (event.kind === "end") complete = event.completeness.verdict !== "incomplete" || rows >= MAX_LINES;
      if (event.kind !== "batch") continue;
      const { rowCount, timestampsNs, lineOffsets, lineBytes } = event.batch;
      rows += rowCount;
      lastNs = timestampsNs[rowCount - 1] ?? lastNs;
      const texts = Array.from({ length: rowCount }, (_, row) => {
        const bytes = lineBytes.subarray(lineOffsets[row] ?? 0, lineOffsets[row + 1] ?? 0);
        return bytes.byteLength > MAX_METRICS_LINE_CHARS ? "" : Buffer.from(bytes).toString("utf8");
      });
      yield await this.#costs(site, texts);
    }
    return { untilMs: rows >= MAX_LINES ? msFromNano(lastNs) : toMs, complete };
  }

  async #costs(site: string, texts: readonly string[]): Promise<LinesRead> {
    const costs: QueryCost[] = [];
    let lines = 0;
    let unreadable = 0;
    for (const [index, text] of texts.entries()) {
      if (index % LINES_A_TURN === LINES_A_TURN - 1) await new Promise<void>((resolve) => setImmediate(resolve));
      const line = parseMetricsLine(text);
      if (line === null) continue;
      lines += 1;
      const cost = costOfLine(line, site, (query) => this.#shapeOf(query));
      if (cost === null) unreadable += 1;
      else costs.push(cost);
    }
    return { costs, lines, unreadable };
  }

  #shapeOf(query: string): string {
    const known = this.#shapes.get(query);
    if (known !== undefined) return known;
    const shape = queryShape(query);
    this.#shapes.set(query, shape);
    return shape;
  }
}

import type { EvidenceKind, EvidenceUnit } from "../../../../src-shared/model/health/verdict.ts";
import type { HistoryPoint } from "../history/series-history.ts";
import { DETECTION_MEASURES, type DrawnFigure } from "./detection-measures.ts";
import { familiesOf, figures, type Measure } from "./measure.ts";
import { RULES } from "./rules/rule-table.ts";
import { SeriesBook } from "./series-book.ts";
import { familyWindows, TrackedKeys } from "./tracked-keys.ts";

export type SeriesPoints = ReadonlyMap<string, readonly HistoryPoint[]>;

/** How the figure of a kind of evidence is had from the history's series. */
export interface EvidenceSeries {
  /** The name the evidence gives; of several that a version may have, the newest. */
  readonly metric: string;
  readonly unit: EvidenceUnit;
  /** Milliseconds that are read before the first point is wanted: its window. */
  readonly leadMs: number;
  readonly wanted: (key: string) => boolean;
  /** The figure at each round in which there is one, of one process or of several together. */
  readonly points: (processes: readonly SeriesPoints[]) => readonly HistoryPoint[];
}

const STARTED = "process_start_time_seconds";

/** `null` for what is counted from verdicts or texts and has no line. Several rules may see one kind: the first that tells. */
export function evidenceSeries(kind: EvidenceKind): EvidenceSeries | null {
  const detected = DETECTION_MEASURES[kind];
  const drawn: readonly Drawn[] = [
    ...(detected === undefined ? [] : [{ ...detected, by: [], least: false }]),
    ...RULES.filter((rule) => rule.kind === kind).map(({ unit, measure, by = {}, raises }) => ({
      unit,
      measure,
      by: Object.keys(by),
      least: "under" in raises || ("past" in raises && raises.past?.low === true),
    })),
  ];
  return drawn.length === 0 ? null : seriesOf(drawn);
}

interface Drawn extends DrawnFigure {
  readonly by: readonly string[];
  /** Of several figures, the least is the one that speaks against somebody. */
  readonly least: boolean;
}

/** A figure that is no evidence of its own. */
export function figureSeries(figure: DrawnFigure): EvidenceSeries {
  return seriesOf([{ ...figure, by: [], least: false }]);
}

function seriesOf(drawn: readonly Drawn[]): EvidenceSeries {
  const families = familyWindows(drawn.flatMap(({ measure }) => familiesOf(measure)));
  const keys = new TrackedKeys(families);
  const windows = drawn.map(({ measure }) => ("windowMs" in measure ? measure.windowMs : 0));
  const [first] = drawn;
  const metric = first === undefined ? "" : nameOf(first.measure);
  return {
    metric,
    unit: first?.unit ?? "count",
    leadMs: Math.max(0, ...windows),
    wanted: (key) => key === STARTED || keys.get(key) !== null,
    points: (processes) => replayed(drawn, keys, processes),
  };
}

function nameOf(measure: Measure): string {
  return (measure.of === "share" ? measure.part : measure.series).families[0] ?? "";
}

/** Told again to the same books that judge rounds, so that the line is the figure that was judged. */
function replayed(
  drawn: readonly Drawn[],
  keys: TrackedKeys,
  processes: readonly SeriesPoints[],
): readonly HistoryPoint[] {
  const books = processes.map((series, index) => {
    const scrape = { instance: String(index), component: "", atMs: 0 };
    return { book: new SeriesBook(scrape, keys), rounds: roundsOf(series) };
  });
  const times = [...new Set(books.flatMap(({ rounds }) => [...rounds.keys()]))].toSorted((a, b) => a - b);
  const points: HistoryPoint[] = [];
  for (const [index, atMs] of times.entries()) {
    for (const { book, rounds } of books) {
      const series = rounds.get(atMs);
      const { instance, component } = book;
      if (series !== undefined) book.take({ instance, component, atMs, tookSeconds: 0, series, ready: null });
    }
    const answered = books.map(({ book }) => book).filter((book) => book.answeredMs === atMs);
    for (const { measure, by, least } of drawn) {
      // Before there are two rounds nothing has grown.
      if (index === 0 && measure.of !== "level" && measure.of !== "age") break;
      const found = figures(measure, by, answered, atMs, false);
      if (found === null) continue;
      const values = found.map(({ value }) => value);
      if (values.length > 0) points.push({ atMs, value: least ? Math.min(...values) : Math.max(...values) });
      break;
    }
  }
  return points;
}

function roundsOf(series: SeriesPoints): ReadonlyMap<number, Record<string, number>> {
  const rounds = new Map<number, Record<string, number>>();
  for (const [key, points] of series) {
    for (const { atMs, value } of points) {
      let round = rounds.get(atMs);
      if (round === undefined) {
        round = {};
        rounds.set(atMs, round);
      }
      round[key] = value;
    }
  }
  return rounds;
}

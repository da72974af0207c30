import { valueShape, type ValueShape } from "../gate/value-shape.ts";
import type { SeriesTable, TableLabel } from "./series-table.ts";

/** What values look like: `path` has numbers in it, `id` are other words of digits and letters that hardly repeat. */
export type IdShape = ValueShape | "path" | "trace" | "number" | "email" | "id";

/** One label of a tenant. */
export interface LabelProfile {
  readonly label: string;
  readonly values: number;
  /** Series that have it. */
  readonly series: number;
  /** Most frequent values with their series, at most ten. */
  readonly top: readonly { readonly value: string; readonly series: number }[];
  /** A few values, spread over all of them. */
  readonly samples: readonly string[];
  /** What most of its values look like; `null` where they are words like any other. */
  readonly shape: IdShape | null;
  /** Share of the values that look so, 0…1. */
  readonly shapeShare: number;
  /** It looks like an id, or nearly each of its series has a value of its own. */
  readonly idLike: boolean;
}

const TOP = 10;
const SAMPLES = 5;
/** Of values that are shown. */
const SHOWN_CHARACTERS = 200;
/** Values that are looked at one by one. */
const LOOKED_AT = 1_000;
const MOST = 0.8;
/** Labels with fewer values harm nobody, whatever they look like. */
const FEW_VALUES = 50;
const OWN_VALUE_SHARE = 0.5;

const TRACE = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/;
const NUMBER = /^\d{3,}$/;
const PATH = /^\/.*(?:\/|[-_.=])\d{2,}(?:\/|[-_.?&]|$)/;
const EMAIL = /^[^@\s/]{1,64}@[^@\s/]{1,255}\.[A-Za-z]{2,}$/;
/** Letters and digits in turns, as ids of orders, sessions and containers are; `web-01` is a name. */
const ID = /^(?=(?:[^0-9]*\d){4})(?=(?:[^A-Za-z]*[A-Za-z]){2})[A-Za-z0-9_-]{10,128}$/;

/** Names that Kubernetes makes: a workload's, then of its ReplicaSet and pod. They come back with every roll-out, not with every line. */
const POD = /-[0-9a-f]{8,10}-[a-z0-9]{5}$|-[a-z0-9]{5}$|-\d{1,4}$/;

/** What one value looks like; `null` for a word like any other. */
export function idShape(value: string): IdShape | null {
  if (TRACE.test(value) && /\d/.test(value) && /[a-f]/.test(value)) return "trace";
  const written = valueShape(value);
  if (written !== null) return written;
  if (PATH.test(value)) return "path";
  if (NUMBER.test(value)) return "number";
  if (EMAIL.test(value)) return "email";
  return ID.test(value) && !POD.test(value) ? "id" : null;
}

/** What most of some values look like, with their share; `null` where they are words like any other. */
export function shapeOfMost(values: readonly string[]): { readonly shape: IdShape; readonly share: number } | null {
  const shapes = new Map<IdShape, number>();
  for (const value of values) {
    const shape = idShape(value);
    if (shape !== null) shapes.set(shape, (shapes.get(shape) ?? 0) + 1);
  }
  const [best] = [...shapes].toSorted((a, b) => b[1] - a[1]);
  if (best === undefined || best[1] / values.length < MOST) return null;
  return { shape: best[0], share: best[1] / values.length };
}

/** A text as it is shown: bounded, never in the middle of a character. */
export function shown(value: string): string {
  if (value.length <= SHOWN_CHARACTERS) return value;
  const cut = value.slice(0, SHOWN_CHARACTERS);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** One label of a table. */
export function profileLabel(table: SeriesTable, { name, firstPair, values, series }: TableLabel): LabelProfile {
  const step = Math.max(1, Math.floor(values / LOOKED_AT));
  const looked: string[] = [];
  const top: { pair: number; series: number }[] = [];
  for (let at = 0; at < values; at += 1) {
    const pair = firstPair + at;
    const count = table.seriesWith(pair);
    if (top.length < TOP || count > (top.at(-1)?.series ?? 0)) {
      top.push({ pair, series: count });
      top.sort((a, b) => b.series - a.series);
      if (top.length > TOP) top.pop();
    }
    if (at % step === 0 && looked.length < LOOKED_AT) looked.push(table.value(pair));
  }
  const most = shapeOfMost(looked);
  return {
    label: shown(name),
    values,
    series,
    top: top.map(({ pair, series: count }) => ({ value: shown(table.value(pair)), series: count })),
    samples: spread(looked).map(shown),
    shape: most?.shape ?? null,
    shapeShare: most?.share ?? 0,
    idLike: values >= FEW_VALUES && (most !== null || values / series >= OWN_VALUE_SHARE),
  };
}

/** Every label of a table, those with the most values first. */
export function profileLabels(table: SeriesTable): readonly LabelProfile[] {
  return table.labels
    .map((label) => profileLabel(table, label))
    .toSorted((a, b) => b.values - a.values || (a.label < b.label ? -1 : 1));
}

function spread(values: readonly string[]): readonly string[] {
  const step = Math.max(1, Math.floor(values.length / SAMPLES));
  return values.filter((_, at) => at % step === 0).slice(0, SAMPLES);
}

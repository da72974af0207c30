import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { FindingFilter, KeptFinding } from "../../../../src-shared/model/storage/scan.ts";
import {
  STORAGE_FINDING_KINDS,
  STORAGE_SEVERITIES,
  type StorageFinding,
  type StorageFindingKind,
} from "../../../../src-shared/model/storage-finding.ts";
import type { FindingsStore } from "./findings.store.ts";
import { FINDING_STATES, VANISHED } from "./findings-schema.ts";

const DAY_MS = 86_400_000;
const PAGE = 500;
/** Text that JSON writes as it is, and whose case SQLite folds. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

/** A finding as it is kept, and where it lies. Whether it was set aside is known elsewhere. */
export interface FindingRow extends Omit<KeptFinding, "quarantine"> {
  readonly row: number;
}

export interface RowRange {
  readonly first: number;
  readonly last: number;
}

export interface FindingPage {
  readonly findings: readonly FindingRow[];
  readonly total: number;
  /** Of everything that fits the filter but for its kinds. */
  readonly kinds: KindCounts;
}

export type KindCounts = Readonly<Partial<Record<StorageFindingKind, number>>>;

interface Condition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** Makes `finding_contains` known: whether key, labels or evidence hold a text, whatever its case. */
export function defineContains(database: DatabaseSync): void {
  database.function("finding_contains", { deterministic: true }, (finding, text) =>
    contains(parseFinding(finding), String(text)) ? 1 : 0,
  );
}

/** One page of a scan's findings in their order. `kinds` counts what fits the filter, whatever its kinds. */
export function pageIn(
  database: DatabaseSync,
  range: RowRange,
  filter: FindingFilter,
  kinds: KindCounts,
  offset: number,
  limit: number,
): FindingPage {
  const total = Object.entries(kinds)
    .filter(([kind]) => filter.kinds?.some((wanted) => wanted === kind) ?? true)
    .reduce((sum, [, count]) => sum + count, 0);
  if (offset >= total) return { findings: [], total, kinds };
  const { sql, values } = conditionOf(database, range, filter);
  const rows = database
    .prepare(`SELECT * FROM findings WHERE ${sql} ORDER BY row LIMIT ? OFFSET ?`)
    .all(...values, limit, offset);
  return { findings: rows.map(findingRow), total, kinds };
}

/** How many findings of each kind fit a filter. Counts that are kept say so at once, but for days and texts. */
export function kindCounts(
  database: DatabaseSync,
  scan: number,
  range: RowRange,
  filter: Omit<FindingFilter, "kinds">,
): KindCounts {
  const looked = filter.day !== undefined || filter.contains !== undefined;
  const rows = looked ? countLooking(database, range, filter) : countKept(database, scan, filter);
  const counts: Partial<Record<StorageFindingKind, number>> = {};
  for (const row of rows) {
    const kind = STORAGE_FINDING_KINDS[Number(row["kind"])];
    if (kind !== undefined) counts[kind] = Number(row["findings"]);
  }
  return counts;
}

/** The next findings behind a row. */
function rowsBehind(
  database: DatabaseSync,
  range: RowRange,
  filter: FindingFilter,
  after: number,
  limit: number,
): readonly FindingRow[] {
  const { sql, values } = conditionOf(database, { first: Math.max(range.first, after + 1), last: range.last }, filter);
  return database
    .prepare(`SELECT * FROM findings WHERE ${sql} ORDER BY row LIMIT ?`)
    .all(...values, limit)
    .map(findingRow);
}

/** All findings of a range, a page at a time: there may be a million. */
export function* rowsOf(
  store: Pick<FindingsStore, "run">,
  range: RowRange,
  filter: FindingFilter,
): Generator<FindingRow> {
  for (let after = 0; ;) {
    const page = store.run((database) => rowsBehind(database, range, filter, after, PAGE));
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.row;
  }
}

/** Those of a scan that have this id, as long as they have not vanished. */
export function rowOfId(database: DatabaseSync, range: RowRange, id: Buffer): FindingRow | null {
  const row = database
    .prepare("SELECT * FROM findings WHERE id = ? AND row BETWEEN ? AND ? AND state <> ?")
    .get(id, range.first, range.last, VANISHED);
  return row === undefined ? null : findingRow(row);
}

export function tenantNumber(database: DatabaseSync, tenant: string): number | null {
  const row = database.prepare("SELECT number FROM tenants WHERE name = ?").get(tenant);
  return row === undefined ? null : Number(row["number"]);
}

function countKept(
  database: DatabaseSync,
  scan: number,
  filter: FindingFilter,
): readonly Record<string, SQLOutputValue>[] {
  const { sql, values } = columns(database, filter);
  return database
    .prepare(`SELECT kind, SUM(findings) AS findings FROM counts WHERE scan = ? AND ${sql} GROUP BY kind`)
    .all(scan, ...values);
}

function countLooking(
  database: DatabaseSync,
  range: RowRange,
  filter: FindingFilter,
): readonly Record<string, SQLOutputValue>[] {
  const { sql, values } = conditionOf(database, range, filter);
  return database.prepare(`SELECT kind, COUNT(*) AS findings FROM findings WHERE ${sql} GROUP BY kind`).all(...values);
}

function conditionOf(database: DatabaseSync, { first, last }: RowRange, filter: FindingFilter): Condition {
  const { sql, values } = columns(database, filter);
  const parts = [sql, "row BETWEEN ? AND ?"];
  const all: SQLInputValue[] = [...values, first, last];
  if (filter.day !== undefined) {
    const dayMs = Date.parse(`${filter.day}T00:00:00Z`);
    parts.push("from_ms < ? AND through_ms >= ?");
    all.push(dayMs + DAY_MS, dayMs);
  }
  if (filter.contains !== undefined && filter.contains !== "") {
    // Most are told by their bytes; what is left is looked at part by part, for names of fields are no contents.
    if (PLAIN.test(filter.contains)) {
      parts.push("finding LIKE ? ESCAPE '!'");
      all.push(`%${filter.contains.replaceAll(/[%_!]/g, "!$&")}%`);
    }
    parts.push("finding_contains(finding, ?)");
    all.push(filter.contains.toLowerCase());
  }
  return { sql: parts.join(" AND "), values: all };
}

/** What counts are kept of. Without a state, what has vanished is none of the scan's. */
function columns(database: DatabaseSync, { kinds, severities, tenant, state }: FindingFilter): Condition {
  const parts = [state === undefined ? "state <> ?" : "state = ?"];
  const values: SQLInputValue[] = [state === undefined ? VANISHED : FINDING_STATES.indexOf(state)];
  if (kinds !== undefined) {
    parts.push(`kind IN (${kinds.map(() => "?").join()})`);
    values.push(...kinds.map((kind) => STORAGE_FINDING_KINDS.indexOf(kind)));
  }
  if (severities !== undefined) {
    // The plus keeps SQLite from looking for an index that would not help.
    parts.push(`+severity IN (${severities.map(() => "?").join()})`);
    values.push(...severities.map((severity) => STORAGE_SEVERITIES.indexOf(severity)));
  }
  if (tenant !== undefined) {
    parts.push("tenant = ?");
    values.push(tenantNumber(database, tenant) ?? -1);
  }
  return { sql: parts.join(" AND "), values };
}

export function findingRow(row: Record<string, SQLOutputValue>): FindingRow {
  const { id } = row;
  return {
    row: Number(row["row"]),
    id: id instanceof Uint8Array ? Buffer.from(id).toString("hex") : "",
    finding: parseFinding(row["finding"]),
    state: FINDING_STATES[Number(row["state"])] ?? "appeared",
    firstSeenMs: Number(row["first_seen_ms"]),
  };
}

/** This program wrote it, and SQLite gives back what was written or says that it is damaged. */
function parseFinding(text: SQLOutputValue | undefined): StorageFinding {
  return JSON.parse(String(text)) as StorageFinding;
}

function contains({ key, streams, evidence }: StorageFinding, text: string): boolean {
  const has = (part: string | null): boolean => part !== null && part.toLowerCase().includes(text);
  return (
    has(key) ||
    streams.some(
      ({ fingerprint, labels }) =>
        has(fingerprint) || Object.entries(labels ?? {}).some(([name, value]) => has(name) || has(value)),
    ) ||
    evidence.some(({ what, expected, actual }) => has(what) || has(expected) || has(actual))
  );
}

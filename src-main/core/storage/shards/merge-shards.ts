import {
  MAX_FINDING_STREAMS,
  STORAGE_FINDING_KINDS,
  STORAGE_SEVERITIES,
  type StorageFinding,
  type StorageFindingKind,
} from "../../../../src-shared/model/storage-finding.ts";
import type { ScanReport } from "../integrity/integrity-scan.ts";
import { ownsKey } from "./scan-shard.ts";
import { incomplete, type ScanPart } from "./scan-part.ts";

/** The report of a whole scan, and what is known of its shards beside it. */
export interface MergedScan extends ScanReport {
  readonly scan: string;
  readonly mode: ScanPart["mode"];
  readonly scope: ScanPart["scope"];
  readonly store: string;
  readonly shards: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly checked: number;
  readonly skipped: number;
  readonly checkedBytes: number;
  readonly gaps: ScanPart["gaps"];
}

/** Every shard tells of an index what concerns its own chunks: these add up. */
const OF_INDEX: ReadonlySet<StorageFindingKind> = new Set([
  "corrupt-index",
  "corrupt-gz-index",
  "missing-index-of-day",
]);

/**
 * Puts the parts of a scan together: the report that one scan would have made. Of an index with more streams than a finding names,
 * others may be named. Where the bucket has changed between shards, a gap says so.
 * @throws AppError `storage.shards-incomplete` where parts are missing, twice there, or of another scan
 */
export function mergeShards(parts: readonly ScanPart[]): MergedScan {
  const [first] = parts;
  if (first === undefined) throw incomplete("there are no parts");
  requireWhole(first, parts);
  const totals = Object.fromEntries(
    (["objects", "bytes", "chunks", "indexFiles", "references"] as const).map((name) => [
      name,
      Math.max(...parts.map((part) => part.totals[name])),
    ]),
    // Each of the names is there.
  ) as ScanPart["totals"];
  const apart = parts.some((part) => JSON.stringify(part.totals) !== JSON.stringify(first.totals));
  const sum = (name: keyof ScanPart["counts"]) => parts.reduce((total, { counts }) => total + counts[name], 0);
  return {
    findings: mergedFindings(parts),
    ...totals,
    scan: first.scan,
    mode: first.mode,
    scope: first.scope,
    store: first.store,
    shards: parts.length,
    startedAtMs: Math.min(...parts.map(({ startedAtMs }) => startedAtMs)),
    endedAtMs: Math.max(...parts.map(({ endedAtMs }) => endedAtMs)),
    checked: sum("checked"),
    skipped: sum("skipped"),
    checkedBytes: sum("checkedBytes"),
    gaps: [...mergedGaps(parts), ...(apart ? [{ key: "shards-apart", params: {} }] : [])],
  };
}

function requireWhole(first: ScanPart, parts: readonly ScanPart[]): void {
  const { count } = first.shard;
  const seen = new Set<number>();
  for (const { scan, mode, scope, shard } of parts) {
    const name = `part ${shard.index} of ${shard.count}`;
    if (shard.count !== count) throw incomplete(`${name} is not of ${count}`);
    if (shard.index >= count) throw incomplete(`${name}: there is no such part`);
    if (scan !== first.scan) throw incomplete(`${name} is of scan ${scan}, others of ${first.scan}`);
    if (mode !== first.mode || JSON.stringify(scope) !== JSON.stringify(first.scope)) {
      throw incomplete(`${name} was scanned with another mode or scope`);
    }
    if (seen.has(shard.index)) throw incomplete(`${name} is there twice`);
    seen.add(shard.index);
  }
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !seen.has(index));
  if (missing.length === 0) return;
  throw incomplete(`of ${count} parts ${missing.length} are missing: ${missing.slice(0, 20).join(", ")}`);
}

function mergedFindings(parts: readonly ScanPart[]): readonly StorageFinding[] {
  const findings: StorageFinding[] = [];
  const ofIndex = new Map<string, StorageFinding>();
  for (const { shard, findings: own } of parts) {
    for (const finding of own) {
      if (OF_INDEX.has(finding.kind)) {
        const id = `${finding.kind} ${finding.key}`;
        const known = ofIndex.get(id);
        ofIndex.set(id, known === undefined ? finding : added(known, finding));
      } else if (ownsKey(shard, finding.key)) findings.push(finding);
      else throw incomplete(`part ${shard.index} of ${shard.count} tells of ${finding.key}, which is another's`);
    }
  }
  for (const finding of ofIndex.values())
    findings.push({ ...finding, streams: finding.streams.slice(0, MAX_FINDING_STREAMS) });
  return findings.toSorted(
    (a, b) =>
      STORAGE_SEVERITIES.indexOf(a.severity) - STORAGE_SEVERITIES.indexOf(b.severity) ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) ||
      STORAGE_FINDING_KINDS.indexOf(a.kind) - STORAGE_FINDING_KINDS.indexOf(b.kind),
  );
}

/** A shard without chunks of an index tells the table's whole range, which is no longer it. */
function added(one: StorageFinding, other: StorageFinding): StorageFinding {
  if (other.chunks === 0) return one;
  if (one.chunks === 0) return other;
  const streams = [...one.streams, ...other.streams].toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));
  return {
    ...one,
    chunks: one.chunks + other.chunks,
    // Of a broken file its own; of one that is missing, those of the chunks it would name.
    bytes: one.kind === "missing-index-of-day" ? one.bytes + other.bytes : one.bytes,
    fromMs: Math.min(one.fromMs ?? Infinity, other.fromMs ?? Infinity),
    throughMs: Math.max(one.throughMs ?? -Infinity, other.throughMs ?? -Infinity),
    streams,
    streamCount: one.streamCount + other.streamCount,
  };
}

/** One of each kind: how many in all, and the first that was named. */
function mergedGaps(parts: readonly ScanPart[]): ScanPart["gaps"] {
  const gaps = new Map<string, ScanPart["gaps"][number]>();
  for (const { gaps: own } of parts) {
    for (const { key, params } of own) {
      const known = gaps.get(key);
      const count = Number(known?.params["count"] ?? 0) + Number(params["count"] ?? 1);
      gaps.set(key, { key, params: { ...params, ...known?.params, count } });
    }
  }
  return [...gaps.values()];
}

import type {
  BucketHealth,
  BucketUsage,
  ErasureSet,
  ReplicationHealth,
} from "../../../../src-shared/model/storage/bucket-health.ts";
import { combined, type Combine, type MetricBook, type MetricNames } from "./metric-book.ts";
import {
  BUCKET_METRICS,
  CLUSTER_METRICS as CLUSTER,
  ERASURE_SET_METRICS as SETS,
  NODE_METRICS as NODE,
  REPLICATION_METRICS as REPLICATION,
} from "./metric-names.ts";

const NANOSECONDS = 1e9;

export type HealthFigures = Pick<
  BucketHealth,
  | "capacity"
  | "nodes"
  | "drives"
  | "quorum"
  | "erasureSets"
  | "healing"
  | "scanner"
  | "lifecycle"
  | "replication"
  | "buckets"
>;

/** What headers of the health pages tell beside their status. */
export interface ProbeFigures {
  readonly writeQuorum: number | null;
  readonly readQuorum: number | null;
  readonly healingDrives: number | null;
}

/** The figures of a bucket's health out of what was read of the metrics. What no sample tells is `null`. */
export function healthFigures(book: MetricBook, probes: ProbeFigures): HealthFigures {
  const erasureSets = erasureSetsOf(book);
  return {
    capacity: capacityOf(book),
    nodes: {
      online: book.figure(CLUSTER.nodesOnline, "any"),
      offline: book.figureBeside(CLUSTER.nodesOffline, CLUSTER.nodesOnline, "any"),
    },
    drives: drivesOf(book, erasureSets, probes.healingDrives),
    quorum: {
      read: largest(erasureSets.map(({ readQuorum }) => readQuorum)) ?? probes.readQuorum,
      write: book.figure(CLUSTER.writeQuorum, "any") ?? probes.writeQuorum,
    },
    erasureSets,
    healing: {
      scannedObjects: book.nodeFigure(NODE.healScanned, "sum"),
      healedObjects: book.nodeFigure(NODE.healHealed, "sum"),
      failedObjects: book.nodeFigure(NODE.healFailed, "sum"),
      idleSeconds: seconds(book.nodeFigure(NODE.healIdleNanoseconds, "min")),
    },
    scanner: {
      bucketScansStarted: book.nodeFigure(NODE.scansStarted, "sum"),
      bucketScansFinished: book.nodeFigure(NODE.scansFinished, "sum"),
      scannedObjects: book.nodeFigure(NODE.scannedObjects, "sum"),
      scannedVersions: book.nodeFigure(NODE.scannedVersions, "sum"),
      // One node scans at a time: the latest activity of any is the cluster's.
      idleSeconds:
        book.nodeFigure(NODE.scannerIdleSeconds, "min") ?? seconds(book.nodeFigure(NODE.scannerIdleNanoseconds, "min")),
    },
    lifecycle: {
      expiryPending: book.nodeFigure(NODE.expiryPending, "sum"),
      transitionPending: book.nodeFigure(NODE.transitionPending, "sum"),
      transitionActive: book.nodeFigure(NODE.transitionActive, "sum"),
      transitionMissed: book.nodeFigure(NODE.transitionMissed, "sum"),
      checkedVersions: book.nodeFigure(NODE.lifecycleChecked, "sum"),
    },
    replication: {
      queuedObjects: book.nodeFigure(NODE.queuedObjects, "sum"),
      queuedBytes: book.nodeFigure(NODE.queuedBytes, "sum"),
      offlineLinks: offlineLinks(book),
    },
    buckets: bucketsOf(book),
  };
}

function capacityOf(book: MetricBook): BucketHealth["capacity"] {
  return {
    usableTotalBytes: book.figure(CLUSTER.usableTotalBytes, "any"),
    usableFreeBytes: book.figureBeside(CLUSTER.usableFreeBytes, CLUSTER.usableTotalBytes, "any"),
    rawTotalBytes: book.figure(CLUSTER.rawTotalBytes, "any") ?? book.nodeFigure(NODE.diskTotalBytes, "sum"),
    rawFreeBytes:
      book.figureBeside(CLUSTER.rawFreeBytes, CLUSTER.rawTotalBytes, "any") ??
      book.nodeFigure(NODE.diskFreeBytes, "sum"),
    usedBytes: book.figure(CLUSTER.usedBytes, "any") ?? book.nodeFigure(NODE.diskUsedBytes, "sum"),
    objects: book.figure(CLUSTER.objects, "any"),
    versions: book.figure(CLUSTER.versions, "any"),
    deleteMarkers: book.figureBeside(CLUSTER.deleteMarkers, CLUSTER.versions, "any"),
    countedSecondsAgo: book.figure(CLUSTER.countedSecondsAgo, "any"),
  };
}

function drivesOf(
  book: MetricBook,
  sets: readonly ErasureSet[],
  healingOfProbe: number | null,
): BucketHealth["drives"] {
  const total = book.figure(CLUSTER.drives, "any") ?? book.nodeFigure(NODE.disks, "sum");
  const offline =
    book.figureBeside(CLUSTER.drivesOffline, CLUSTER.drives, "any") ?? book.nodeFigure(NODE.disksOffline, "sum");
  const online = book.figureBeside(CLUSTER.drivesOnline, CLUSTER.drives, "any");
  return {
    total,
    online: online ?? (total === null || offline === null ? null : total - offline),
    offline,
    healing: summed(sets.map(({ healingDrives }) => healingDrives)) ?? healingOfProbe,
    parity: book.figure(CLUSTER.parity, "any"),
  };
}

function erasureSetsOf(book: MetricBook): ErasureSet[] {
  const places = new Map<string, { readonly pool: string; readonly set: string }>();
  const tables = new Map<MetricNames, ReadonlyMap<string, number>>();
  for (const names of Object.values<MetricNames>(SETS)) {
    const table = new Map<string, number>();
    for (const { labels, value } of book.samples(names)) {
      const place = placeOf(labels);
      places.set(JSON.stringify(place), place);
      table.set(JSON.stringify(place), value);
    }
    tables.set(names, table);
  }
  const inVersion3 = new Set(
    book.samples({ v3: SETS.writeQuorum.v3 }).map(({ labels }) => JSON.stringify(placeOf(labels))),
  );
  return [...places].map(([key, { pool, set }]) => {
    const told = (names: MetricNames) => tables.get(names)?.get(key) ?? null;
    // Version 3 writes no zero: a set whose quorum is told and whose drives are not has none online, and is not healthy.
    const beside = (names: MetricNames) => told(names) ?? (inVersion3.has(key) ? 0 : null);
    const healthy = beside(SETS.healthy);
    return {
      pool,
      set,
      onlineDrives: beside(SETS.onlineDrives),
      healingDrives: beside(SETS.healingDrives),
      readQuorum: told(SETS.readQuorum),
      writeQuorum: told(SETS.writeQuorum),
      readTolerance: told(SETS.readTolerance),
      writeTolerance: told(SETS.writeTolerance),
      healthy: healthy === null ? null : healthy > 0,
    };
  });
}

function placeOf(labels: Readonly<Record<string, string>>): { readonly pool: string; readonly set: string } {
  return { pool: labels["pool_id"] ?? labels["pool"] ?? "", set: labels["set_id"] ?? labels["set"] ?? "" };
}

function offlineLinks(book: MetricBook): number | null {
  const links = book.samples(CLUSTER.linkOnline);
  return links.length === 0 ? null : links.filter(({ value }) => value === 0).length;
}

function bucketsOf(book: MetricBook): BucketUsage[] {
  const tables = new Map(
    [...Object.values<MetricNames>(BUCKET_METRICS), ...Object.values<MetricNames>(REPLICATION)].map(
      (names) => [names, book.byLabel(names, "bucket")] as const,
    ),
  );
  const copiedInVersion3 = book.byLabel({ v3: REPLICATION.sentObjects.v3 }, "bucket");
  const buckets = new Set([...tables.values()].flatMap((table) => [...table.keys()]));
  return [...buckets].toSorted().map((bucket) => {
    const told = (names: MetricNames, combine: Combine) => combined(tables.get(names)?.get(bucket) ?? [], combine);
    const figure = (names: MetricNames) => told(names, "any");
    const sum = (names: MetricNames) => told(names, "sum");
    // Version 3 writes no zero: where objects were sent and none is told to have failed, none has.
    const failures = (names: MetricNames) => sum(names) ?? (copiedInVersion3.has(bucket) ? 0 : null);
    const replication: ReplicationHealth = {
      pendingObjects: sum(REPLICATION.pendingObjects),
      pendingBytes: sum(REPLICATION.pendingBytes),
      failedObjectsLastHour: failures(REPLICATION.failedObjectsLastHour),
      failedBytesLastHour: failures(REPLICATION.failedBytesLastHour),
      failedObjects: failures(REPLICATION.failedObjects),
      failedBytes: failures(REPLICATION.failedBytes),
      sentObjects: sum(REPLICATION.sentObjects),
      sentBytes: sum(REPLICATION.sentBytes),
      latencyMs: told(REPLICATION.latencyMs, "max"),
    };
    return {
      bucket,
      sizeBytes: figure(BUCKET_METRICS.sizeBytes),
      objects: figure(BUCKET_METRICS.objects),
      versions: figure(BUCKET_METRICS.versions),
      deleteMarkers: figure(BUCKET_METRICS.deleteMarkers),
      quotaBytes: figure(BUCKET_METRICS.quotaBytes),
      replication,
    };
  });
}

function seconds(nanoseconds: number | null): number | null {
  return nanoseconds === null ? null : nanoseconds / NANOSECONDS;
}

function known(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null);
}

function largest(values: readonly (number | null)[]): number | null {
  return known(values).reduce<number | null>((most, value) => Math.max(most ?? value, value), null);
}

/** `null` as soon as one is not known: a sum of some would pass for the sum of all. */
function summed(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.includes(null)) return null;
  return known(values).reduce((sum, value) => sum + value, 0);
}

import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import type { ArchiveId } from "../../../src-shared/model/ids.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { ArchiveBlock } from "./archive-block.ts";
import { LabelCensus } from "./default-selector.ts";

/** Problems that are shown one by one; more of them say nothing new and would weigh on every page. */
const MAX_PROBLEMS = 200;

interface TenantTotals {
  startNs: bigint | null;
  endNs: bigint | null;
  rows: number | null;
  bytes: number;
  readonly labels: LabelCensus;
}

/** What the window shows of opened contents; `samples` are streams of tenants whose blocks name none. `endNs` of a tenant is the time of its last row. */
export function describeContents(
  id: ArchiveId,
  path: string,
  contents: ArchiveContents,
  openedAtMs: number,
  samples: ReadonlyMap<string, readonly LabelSet[]>,
): ArchiveDescription {
  const totals = new Map<string, TenantTotals>(contents.tenants.map((tenant) => [tenant, emptyTotals()]));
  for (const block of contents.blocks) {
    const tenant = totals.get(block.tenant) ?? emptyTotals();
    totals.set(block.tenant, tenant);
    addBlock(tenant, block);
  }
  for (const [tenant, streams] of samples) {
    for (const stream of streams) totals.get(tenant)?.labels.add(stream);
  }
  return {
    id,
    kind: contents.kind,
    title: contents.title,
    path,
    tenants: [...totals].map(([tenant, { startNs, endNs, rows, bytes, labels }]) => ({
      tenant: tenantIdSchema.parse(tenant),
      startNs: startNs === null ? null : String(startNs),
      endNs: endNs === null ? null : String(endNs),
      rows,
      bytes,
      selector: labels.selector(),
    })),
    formats: [...contents.formats],
    assumptions: contents.assumptions,
    problems: contents.problems.slice(0, MAX_PROBLEMS),
    completeness: contents.completeness,
    provenance: contents.provenance,
    openedAtMs,
  };
}

function emptyTotals(): TenantTotals {
  return { startNs: null, endNs: null, rows: 0, bytes: 0, labels: new LabelCensus() };
}

function addBlock(totals: TenantTotals, { minNs, maxNs, rows, bytes, streams }: ArchiveBlock): void {
  if (totals.startNs === null || minNs < totals.startNs) totals.startNs = minNs;
  if (totals.endNs === null || maxNs > totals.endNs) totals.endNs = maxNs;
  totals.rows = totals.rows === null || rows === null ? null : totals.rows + rows;
  totals.bytes += bytes;
  for (const stream of streams ?? []) totals.labels.add(stream);
}

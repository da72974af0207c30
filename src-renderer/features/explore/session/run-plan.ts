import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import type { Direction } from "../../../../src-shared/model/log-query.ts";
import { archiveIdSchema, siteIdSchema } from "../../../../src-shared/model/ids.ts";
import { nanoFromMs, parseNanoTime } from "../../../../src-shared/model/nano-time.ts";
import { tenantIdSchema } from "../../../../src-shared/model/tenant-id.ts";
import type { RangeChoice, Workspace } from "../../../hooks/workspace-store.ts";

/** A range as instants, in the decimal digits that the door takes. */
export interface NanoRange {
  readonly startNs: string;
  readonly endNs: string;
}

/** Everything a run needs; nothing of it changes while it runs. */
export interface RunPlan {
  readonly target: LogTarget;
  readonly query: string;
  readonly range: NanoRange;
  readonly direction: Direction;
  /** `null` reads the whole range. */
  readonly limit: number | null;
  readonly kind: "logs" | "metric";
}

/** The instants that a choice stands for at this moment. Half open, and never empty. */
export function resolveRange(choice: RangeChoice, nowMs: number): NanoRange {
  if (choice.kind === "absolute") return { startNs: choice.startNs, endNs: choice.endNs };
  const endNs = nanoFromMs(nowMs);
  return { startNs: String(endNs - nanoFromMs(choice.lastSeconds * 1_000)), endNs: String(endNs) };
}

export function isReversed(range: NanoRange): boolean {
  const start = parseNs(range.startNs);
  const end = parseNs(range.endNs);
  return start === null || end === null || start >= end;
}

/** Where the workspace reads from; `null` while site or tenant are not chosen. An archive needs no site. */
export function targetOf({ site, tenant, source }: Pick<Workspace, "site" | "tenant" | "source">): LogTarget | null {
  if (source.kind === "archive") {
    const archive = archiveIdSchema.safeParse(source.archive);
    if (!archive.success || tenant === null) return null;
    return { kind: "archive", archive: archive.data, tenant: tenantIdSchema.parse(tenant) };
  }
  if (site === null) return null;
  const id = siteIdSchema.safeParse(site);
  if (!id.success) return null;
  if (source.kind === "pods") return { kind: "pods", site: id.data, namespace: source.namespace };
  return tenant === null ? null : { kind: "loki", site: id.data, tenant: tenantIdSchema.parse(tenant) };
}

function parseNs(text: string): bigint | null {
  return /^-?\d{1,19}$/.test(text) ? BigInt(text) : parseNanoTime(text);
}

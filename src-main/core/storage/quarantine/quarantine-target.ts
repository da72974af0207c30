import type { QuarantineItem } from "../../../../src-shared/model/storage/quarantine.ts";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import type { ObjectKind } from "../integrity/object-kind.ts";
import type { ObjectInfo } from "../object-store.ts";

/** An object that somebody wants to set aside. */
export interface WantedObject {
  readonly key: string;
  /** What is known to be wrong with it; the worst of several. `null` where it was named by its key alone. */
  readonly finding: StorageFinding | null;
}

/** One that is in the bucket now. */
export interface QuarantineTarget extends WantedObject {
  readonly info: ObjectInfo;
  readonly object: ObjectKind;
}

export type Remains = QuarantineItem["remains"];

/** Of a target, what decides whether something is lost without it. */
export interface JudgedTarget extends QuarantineTarget {
  readonly remains: Remains;
  /** Lines that could still be read from a chunk, chunks that an index names; `null` where it was not read. */
  readonly content: number | null;
}

export function rangeOf({ finding, object }: Pick<QuarantineTarget, "finding" | "object">): {
  readonly tenant: string | null;
  readonly fromMs: number | null;
  readonly throughMs: number | null;
} {
  if (finding !== null) return { tenant: finding.tenant, fromMs: finding.fromMs, throughMs: finding.throughMs };
  if (object.kind === "chunk") return object.chunk;
  return {
    tenant: object.kind === "index" && object.index.kind === "compacted" ? object.index.tenant : null,
    fromMs: null,
    throughMs: null,
  };
}

export function kindOf({ finding, object }: Pick<QuarantineTarget, "finding" | "object">): string {
  if (finding !== null) return finding.kind;
  return object.kind === "chunk" || object.kind === "index" ? object.kind : "other";
}

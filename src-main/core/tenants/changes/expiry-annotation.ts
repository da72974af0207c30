import { z } from "zod";
import type { OverrideExpiry } from "../../../../src-shared/model/tenants/board.ts";

/** On the ConfigMap that holds the overrides: which of its values stand for a while only, and what they go back to. */
export const EXPIRY_ANNOTATION = "kubemate.io/limits-expire";
/** All annotations of an object together hold 256 KiB at most (Kubernetes), and kubectl keeps a copy of its own there. */
export const MAX_ANNOTATION_BYTES = 65_536;
const MAX_ENTRIES = 1_000;
const MAX_VALUE = 16_384;

const entrySchema = z.object({
  tenant: z.string().min(1).max(150),
  key: z.string().regex(/^[a-z][a-z0-9_]{0,99}$/),
  /** YAML in one line. */
  value: z.string().max(MAX_VALUE),
  /** YAML in one line; `null` takes the override out. */
  restores: z.string().max(MAX_VALUE).nullable(),
  /** RFC 3339 in UTC, for whoever reads the object with kubectl. */
  expires: z.iso.datetime(),
  by: z.string().max(200),
});

const annotationSchema = z.object({ version: z.literal(1), entries: z.array(entrySchema).max(MAX_ENTRIES) });

/** One value that stands for a while. */
export type LimitExpiry = Omit<OverrideExpiry, "overdue">;

export type ExpiryReading =
  | { readonly ok: true; readonly entries: readonly LimitExpiry[] }
  /** Somebody wrote something else there: nothing is restored by it, and nothing is written over it. */
  | { readonly ok: false; readonly problem: string };

/** Reads the annotation; without one there are no entries. Never throws. */
export function parseExpiries(annotation: string | undefined): ExpiryReading {
  if (annotation === undefined || annotation.trim() === "") return { ok: true, entries: [] };
  if (Buffer.byteLength(annotation) > MAX_ANNOTATION_BYTES) {
    return { ok: false, problem: `longer than ${MAX_ANNOTATION_BYTES} bytes` };
  }
  let json: unknown;
  try {
    json = JSON.parse(annotation);
  } catch {
    return { ok: false, problem: "no JSON" };
  }
  const parsed = annotationSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { ok: false, problem: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`.slice(0, 200) };
  }
  const entries = parsed.data.entries.map(({ tenant, key, value, restores, expires, by }) => ({
    tenant,
    key,
    value,
    restores,
    expiresAtMs: Date.parse(expires),
    by,
  }));
  return { ok: true, entries };
}

/** The annotation that says it, sorted by when they expire; `null` for none, where it is taken off. */
export function printExpiries(entries: readonly LimitExpiry[]): string | null {
  if (entries.length === 0) return null;
  const sorted = entries.toSorted(
    (one, other) => one.expiresAtMs - other.expiresAtMs || compare(nameOf(one), nameOf(other)),
  );
  return JSON.stringify({
    version: 1,
    entries: sorted.map(({ tenant, key, value, restores, expiresAtMs, by }) => ({
      tenant,
      key,
      value,
      restores,
      expires: new Date(expiresAtMs).toISOString(),
      by,
    })),
  });
}

/** As the board and the plan show it. */
export function shownExpiry(entry: LimitExpiry, nowMs: number): OverrideExpiry {
  return { ...entry, overdue: entry.expiresAtMs <= nowMs };
}

export function sameOverride(
  one: { readonly tenant: string; readonly key: string },
  other: { readonly tenant: string; readonly key: string },
): boolean {
  return one.tenant === other.tenant && one.key === other.key;
}

function nameOf({ tenant, key }: LimitExpiry): string {
  return `${tenant}\u0000${key}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { LimitEdit } from "../../../../src-shared/model/tenants/limit-change.ts";
import { readRuntimeOverrides } from "../limits/runtime-overrides.ts";
import { draftOfEdits, expiredEdits } from "./draft-change.ts";
import { isThere } from "./write-map.ts";
import type { MapName, RuntimeMapStore } from "./runtime-map.ts";

/** What a look at the expiries of a ConfigMap came to. */
export type RestoreOutcome =
  | { readonly kind: "nothing-due" }
  | { readonly kind: "restored"; readonly edits: readonly LimitEdit[]; readonly version: string }
  /** Another enforcer was faster, or a person: the next look tells. */
  | { readonly kind: "overtaken" }
  /** They cannot be taken out of the file without harm: `problems` are codes. */
  | { readonly kind: "stopped"; readonly problems: readonly string[] };

/**
 * Lets the values of a ConfigMap go back whose time is over, for the watchdog, which has neither jobs nor a profile: each only where it
 * still stands, all in one write with the version as its precondition. A file that would be refused is not written.
 * @throws AppError `cluster.*`, `operation.outcome-unknown`; the next look finds out what came of it
 */
export async function restoreDue(
  store: RuntimeMapStore,
  place: MapName,
  nowMs: number,
  mayWrite: () => boolean,
  signal: AbortSignal,
): Promise<RestoreOutcome> {
  const map = await store.read(place, signal);
  const edits = map.binary || map.immutable ? [] : expiredEdits(map, nowMs);
  if (edits.length === 0) return { kind: "nothing-due" };
  const context = { map, nowMs, principal: "watchdog", alsoKnown: () => true };
  const { content, problems } = draftOfEdits({ kind: "edits", edits: [...edits] }, context);
  const stopping = problems.filter(({ weight }) => weight === "stops").map(({ code }) => code);
  const refused = readRuntimeOverrides(content.text).problems.filter(({ severity }) => severity === "refused");
  const known = new Set(readRuntimeOverrides(map.text).problems.map(({ code, path }) => `${code} ${path}`));
  const worse = refused.filter(({ code, path }) => !known.has(`${code} ${path}`)).map(({ code }) => code);
  if (stopping.length + worse.length > 0) return { kind: "stopped", problems: [...stopping, ...worse] };
  if (isThere(map, { uid: map.uid, content }) || !mayWrite()) return { kind: "nothing-due" };
  try {
    const version = await store.write(place, map.resourceVersion, content, signal);
    return { kind: "restored", edits, version };
  } catch (error) {
    if (hasCode(error, "cluster.conflict")) return { kind: "overtaken" };
    throw error;
  }
}

import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { RecoveryFacts } from "../../../../src-shared/model/storage/recovery.ts";

export type RpoPart = RecoveryFacts["rpo"]["parts"][number];
export type RpoEvidence = RpoPart["evidence"][number];

/** Names of files and of objects are what others wrote. */
const MAX_LENGTH = 300;

export function evidence(fact: string, value: string | number): RpoEvidence {
  return { fact: fact.slice(0, MAX_LENGTH), value: String(value).slice(0, MAX_LENGTH) };
}

/** An instant as evidence: RFC 3339 in UTC, or the number where it is no date. */
export function instant(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString();
}

export function known(
  what: RpoPart["what"],
  ms: number,
  told: readonly RpoEvidence[],
  params: RpoPart["params"] = {},
): RpoPart {
  return { what, state: "known", ms: Math.max(0, Math.round(ms)), reason: null, params, evidence: [...told] };
}

/** `reason` is a key: `storage.rpo.<what>.<reason>` with `params`. */
export function unknown(
  what: RpoPart["what"],
  reason: string,
  told: readonly RpoEvidence[] = [],
  params: RpoPart["params"] = {},
): RpoPart {
  return { what, state: "unknown", ms: null, reason, params, evidence: [...told] };
}

export function absent(what: RpoPart["what"], reason: string): RpoPart {
  return { what, state: "absent", ms: null, reason, params: {}, evidence: [] };
}

/** A part that could not be read is not known, by the error's code; only a bug and the end of the question go on. */
export async function orUnknown(
  what: RpoPart["what"],
  signal: AbortSignal,
  read: () => Promise<RpoPart>,
): Promise<RpoPart> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return unknown(what, "failed", [], { code: error.code });
  }
}

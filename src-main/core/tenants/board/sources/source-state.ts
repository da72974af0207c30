import type { AppError } from "../../../../../src-shared/errors/app-error.ts";
import type { LimitSourceState } from "../../../../../src-shared/model/tenants/board.ts";

/** What was last read of a source, and how the last attempt went. */
export interface Reading<Value> {
  /** `null` before anything could be read. */
  readonly value: Value | null;
  readonly readAtMs: number | null;
  /** A pod, a ConfigMap. */
  readonly from: string | null;
  /** Why the last attempt failed; `null` when it did not. */
  readonly error: AppError | null;
  /** There is nothing to read at this site. */
  readonly absent: boolean;
}

export const UNREAD: Reading<never> = { value: null, readAtMs: null, from: null, error: null, absent: false };

export function stateOf(source: LimitSourceState["source"], reading: Reading<unknown>): LimitSourceState {
  const { value, readAtMs, from, error, absent } = reading;
  return { source, state: word(), readAtMs, from, ...(error === null ? {} : { error: error.toWire() }) };

  function word(): LimitSourceState["state"] {
    if (absent) return "absent";
    if (value === null) return error === null ? "absent" : "failed";
    return error === null ? "read" : "stale";
  }
}

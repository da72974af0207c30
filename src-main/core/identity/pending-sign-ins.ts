import { createHash } from "node:crypto";
import type { Clock } from "../common/clock.ts";

/** What is remembered of a sign-in while the person is at the provider. */
export interface PendingSignIn {
  /** Hash of the id of the browser's pre-session: who began must be who comes back. */
  readonly preSession: string;
  readonly nonce: string;
  /** PKCE's secret (RFC 7636, section 4.1): only who began can trade the code. */
  readonly codeVerifier: string;
  readonly endsAtMs: number;
}

export const MAX_PENDING_SIGN_INS = 1_024;
export const SIGN_IN_LIFETIME_MS = 600_000;

/** Sign-ins that were begun, each usable once. The oldest makes room when there are too many. */
export class PendingSignIns {
  readonly #clock: Clock;
  readonly #byState = new Map<string, PendingSignIn>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#byState.size;
  }

  add(state: string, preSessionId: string, secrets: Pick<PendingSignIn, "nonce" | "codeVerifier">): void {
    const now = this.#clock.nowMs();
    for (const [key, { endsAtMs }] of this.#byState) {
      if (endsAtMs <= now || this.#byState.size >= MAX_PENDING_SIGN_INS) this.#byState.delete(key);
    }
    this.#byState.set(digest(state), {
      ...secrets,
      preSession: digest(preSessionId),
      endsAtMs: now + SIGN_IN_LIFETIME_MS,
    });
  }

  /**
   * The sign-in of a state, which is used up whatever comes of it; `null` when it was never begun, was used, is too old,
   * or belongs to another browser.
   */
  take(state: string, preSessionId: string): PendingSignIn | null {
    const key = digest(state);
    const pending = this.#byState.get(key);
    this.#byState.delete(key);
    if (pending === undefined || pending.endsAtMs <= this.#clock.nowMs()) return null;
    return pending.preSession === digest(preSessionId) ? pending : null;
  }
}

/** Comparing and looking up hashes takes a time that says nothing about the secret. */
function digest(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../core/common/clock.ts";

export interface SessionTimes {
  /** How long a start link may wait to be opened. */
  readonly tokenMs: number;
  /** How long a session without a request or an open socket lasts. */
  readonly idleMs: number;
  /** The longest that a session lasts, whatever happens in it. */
  readonly lifetimeMs: number;
}

export const DEFAULT_SESSION_TIMES: SessionTimes = {
  tokenMs: 120_000,
  idleMs: 12 * 3_600_000,
  lifetimeMs: 7 * 24 * 3_600_000,
};

const MAX_TOKENS = 16;
const MAX_SESSIONS = 64;

interface Session {
  readonly endsAtMs: number;
  usedAtMs: number;
  /** One for each open socket: told when the session ends. */
  readonly holders: Set<() => void>;
  readonly cancelEnd: () => void;
}

/**
 * Start links and the sessions that they become. Tokens and session ids are 256 random bits and are kept as hashes only, so
 * nothing that can be read here opens anything.
 */
export class BrowserSessions {
  readonly #clock: Clock;
  readonly #times: SessionTimes;
  readonly #tokens = new Map<string, number>();
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock, times: SessionTimes = DEFAULT_SESSION_TIMES) {
    this.#clock = clock;
    this.#times = times;
  }

  get lifetimeMs(): number {
    return this.#times.lifetimeMs;
  }

  /** A token for one start link. */
  issueToken(): string {
    this.#forgetOldTokens();
    const token = randomId();
    this.#tokens.set(digest(token), this.#clock.nowMs() + this.#times.tokenMs);
    return token;
  }

  /** The id of a new session; `null` for a token that was never issued, was used, or is too old. It is used up either way. */
  redeem(token: string): string | null {
    const key = digest(token);
    const validUntilMs = this.#tokens.get(key);
    this.#tokens.delete(key);
    if (validUntilMs === undefined || this.#clock.nowMs() >= validUntilMs) return null;

    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#end(oldest);
    const id = randomId();
    const sessionKey = digest(id);
    const now = this.#clock.nowMs();
    this.#sessions.set(sessionKey, {
      endsAtMs: now + this.#times.lifetimeMs,
      usedAtMs: now,
      holders: new Set(),
      cancelEnd: this.#clock.after(this.#times.lifetimeMs, () => this.#end(sessionKey)),
    });
    return id;
  }

  /** Whether a session stands; using it keeps it from growing idle. */
  use(id: string): boolean {
    return this.#standing(id) !== null;
  }

  /** Keeps a session while a socket is open. `onEnd` is called when it ends nevertheless; the answer lets go. */
  hold(id: string, onEnd: () => void): () => void {
    const session = this.#standing(id);
    if (session === null) {
      onEnd();
      return () => {};
    }
    session.holders.add(onEnd);
    return () => {
      session.holders.delete(onEnd);
      session.usedAtMs = this.#clock.nowMs();
    };
  }

  /** Ends every session and forgets every token. */
  close(): void {
    for (const key of this.#sessions.keys()) this.#end(key);
    this.#tokens.clear();
  }

  #standing(id: string): Session | null {
    const key = digest(id);
    const session = this.#sessions.get(key);
    if (session === undefined) return null;
    const now = this.#clock.nowMs();
    const idle = session.holders.size === 0 && now - session.usedAtMs >= this.#times.idleMs;
    if (idle || now >= session.endsAtMs) {
      this.#end(key);
      return null;
    }
    session.usedAtMs = now;
    return session;
  }

  #end(key: string): void {
    const session = this.#sessions.get(key);
    if (session === undefined) return;
    this.#sessions.delete(key);
    session.cancelEnd();
    for (const tell of session.holders) tell();
  }

  #forgetOldTokens(): void {
    const now = this.#clock.nowMs();
    for (const [key, validUntilMs] of this.#tokens) {
      if (now >= validUntilMs || this.#tokens.size >= MAX_TOKENS) this.#tokens.delete(key);
    }
  }
}

function randomId(): string {
  return randomBytes(32).toString("base64url");
}

/** Looking up a hash takes a time that says nothing about the secret. */
function digest(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

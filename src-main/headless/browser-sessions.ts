import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../core/common/clock.ts";
import type { Caller } from "../rpc/call-context.ts";

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
const MAX_SESSIONS = 4_096;
/** Of one person: a further one ends the oldest of their own, never another's. */
const MAX_SESSIONS_PER_KEY = 64;

interface Session {
  readonly caller: Caller;
  readonly endsAtMs: number;
  usedAtMs: number;
  /** One for each open socket: told when the session ends. */
  readonly holders: Set<() => void>;
  readonly cancelEnd: () => void;
}

/** A session that has just begun. */
export interface OpenedSession {
  readonly id: string;
  readonly lastsMs: number;
}

/**
 * Start links, and the sessions that they and sign-ins become. Tokens and session ids are 256 random bits and are kept as
 * hashes only, so nothing that can be read here opens anything.
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

  /** Whether a token is good for a session. Never issued, used, or too old, it is not; it is used up either way. */
  redeem(token: string): boolean {
    const key = digest(token);
    const validUntilMs = this.#tokens.get(key);
    this.#tokens.delete(key);
    return validUntilMs !== undefined && this.#clock.nowMs() < validUntilMs;
  }

  /** A new session of somebody, which lasts no longer than their sign-in. */
  open(caller: Caller): OpenedSession {
    const own = [...this.#sessions].filter(([, session]) => session.caller.key === caller.key);
    const [oldestOwn] = own;
    const [oldest] = this.#sessions.keys();
    if (own.length >= MAX_SESSIONS_PER_KEY && oldestOwn !== undefined) this.#end(oldestOwn[0]);
    else if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#end(oldest);
    const id = randomId();
    const sessionKey = digest(id);
    const now = this.#clock.nowMs();
    const lastsMs = Math.max(0, Math.min(this.#times.lifetimeMs, (caller.expiresAtMs ?? Number.MAX_VALUE) - now));
    this.#sessions.set(sessionKey, {
      caller,
      endsAtMs: now + lastsMs,
      usedAtMs: now,
      holders: new Set(),
      cancelEnd: this.#clock.after(lastsMs, () => this.#end(sessionKey)),
    });
    return { id, lastsMs };
  }

  /** Whose session stands; using it keeps it from growing idle. `null` for one that does not. */
  use(id: string): Caller | null {
    return this.#standing(id)?.caller ?? null;
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

  /** Ends a session and its sockets. */
  end(id: string): void {
    this.#end(digest(id));
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

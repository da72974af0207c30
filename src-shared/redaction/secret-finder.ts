import { REDACTION_PATTERNS, type RedactionPattern } from "../model/redaction-pattern.ts";
import { bankCardEnd, mayBeCard } from "./bank-card.ts";
import { authorizationCredential, bearerCredential, jsonWebToken, tokenValue, type Span } from "./bearer-token.ts";
import { beginsHere, byteAt, digitsEnd, endsHere } from "./byte-classes.ts";
import { domainEnd, localPartStart } from "./email-address.ts";
import { identityCardLength } from "./identity-card.ts";
import type { Found } from "./found.ts";
import { internationalNumberEnd, mobileNumberEnd } from "./phone-number.ts";
import { copyRedacted, growth, withFoundBehind } from "./replacements.ts";

const IDENTITY_CARD = REDACTION_PATTERNS.indexOf("identity-card");
const BANK_CARD = REDACTION_PATTERNS.indexOf("bank-card");
const PHONE = REDACTION_PATTERNS.indexOf("phone");
const EMAIL = REDACTION_PATTERNS.indexOf("email");
const BEARER_TOKEN = REDACTION_PATTERNS.indexOf("bearer-token");

const PERCENT = 37;
const NOTHING: Found[] = [];
/** Of looking at a line again after replacing what was found; each is of what the one before uncovered. */
const MOST_PASSES = 16;
/** What a byte may be part of; 0 for most bytes of most lines, which are passed over. */
const ON_DIGIT = 1;
const ON_PLUS = 2;
const ON_AT = 3;
const ON_PERCENT = 4;
const ON_B = 5;
const ON_J = 6;
const ON_K = 7;
const ON_Z = 8;

/**
 * Finds what is to be made unreadable. One pass over the bytes: each is looked up in a table, and only at digits, `@`, `+`,
 * and the letters by which words such as `token` are recognised is anything compared. What a byte sets off reads a bounded
 * way on and back, or to the end of what it found, so that time stays linear whatever the line holds.
 */
export class SecretFinder {
  readonly #triggers = new Uint8Array(256);
  readonly #identityCards: boolean;
  readonly #bankCards: boolean;
  readonly #phones: boolean;

  constructor(patterns: readonly RedactionPattern[]) {
    const wanted = new Set(patterns);
    this.#identityCards = wanted.has("identity-card");
    this.#bankCards = wanted.has("bank-card");
    this.#phones = wanted.has("phone");
    if (this.#identityCards || this.#bankCards || this.#phones) this.#on("0123456789", ON_DIGIT);
    if (this.#phones) this.#on("+", ON_PLUS);
    if (wanted.has("email")) {
      this.#on("@", ON_AT);
      this.#on("%", ON_PERCENT);
    }
    if (!wanted.has("bearer-token")) return;
    this.#on("bB", ON_B);
    this.#on("J", ON_J);
    this.#on("kK", ON_K);
    this.#on("zZ", ON_Z);
  }

  /**
   * What is in bytes `[from, to)`, in order and without overlaps; the bytes around are another line's. What was found is
   * replaced and looked at again, since what it touched may only then be seen to stand alone: so whoever redacts what was
   * redacted finds nothing more.
   */
  find(bytes: Uint8Array, from: number, to: number): readonly Found[] {
    let found = this.#once(bytes, from, to);
    for (let pass = 1; pass < MOST_PASSES && found.length > 0; pass += 1) {
      const shown = new Uint8Array(to - from + growth(found));
      copyRedacted(bytes, from, to, found, shown, 0);
      const more = this.#once(shown, 0, shown.length);
      if (more.length === 0) break;
      found = withFoundBehind(found, from, more);
    }
    return found;
  }

  #once(bytes: Uint8Array, from: number, to: number): Found[] {
    let found: Found[] = NOTHING;
    const triggers = this.#triggers;
    let at = from;
    while (at < to) {
      const trigger = triggers[byteAt(bytes, at)];
      if (trigger === 0 || trigger === undefined) {
        at += 1;
        continue;
      }
      const one = this.#at(bytes, at, trigger, from, to);
      if (one === null) {
        at = trigger === ON_DIGIT ? digitsEnd(bytes, at, to) : at + 1;
        continue;
      }
      if (found === NOTHING) found = [];
      // What stands before an `@` may have been found as a number; it is the address that counts.
      let { start } = one;
      for (let last = found.at(-1); last !== undefined && last.end > start; last = found.at(-1)) {
        start = Math.min(start, last.start);
        found.pop();
      }
      found.push({ ...one, start });
      at = one.end;
    }
    return found;
  }

  #on(characters: string, trigger: number): void {
    for (const character of characters) this.#triggers[character.charCodeAt(0)] = trigger;
  }

  #at(bytes: Uint8Array, at: number, trigger: number, from: number, to: number): Found | null {
    switch (trigger) {
      case ON_DIGIT:
        return this.#number(bytes, at, from, to);
      case ON_PLUS: {
        const end = internationalNumberEnd(bytes, at, from, to);
        return end === 0 ? null : { start: at, end, pattern: PHONE };
      }
      case ON_AT:
        return address(bytes, at, at + 1, from, to);
      case ON_PERCENT:
        // `%40` in a URL.
        if (byteAt(bytes, at + 1) !== 52 || byteAt(bytes, at + 2) !== 48 || at + 3 > to) return null;
        return address(bytes, at, at + 3, from, to);
      case ON_B:
        return token(bearerCredential(bytes, at, from, to));
      case ON_J:
        return token(jsonWebToken(bytes, at, from, to));
      case ON_K:
        return token(tokenValue(bytes, at, from, to));
      default:
        return token(authorizationCredential(bytes, at, from, to));
    }
  }

  #number(bytes: Uint8Array, at: number, from: number, to: number): Found | null {
    const end = digitsEnd(bytes, at, to);
    // The two digits of an escape such as `%20` belong to it.
    const start = at > from && byteAt(bytes, at - 1) === PERCENT && end - at > 2 ? at + 2 : at;
    if (end - start < 3 || (start === at && !beginsHere(bytes, start, from))) return null;
    if (this.#identityCards) {
      const length = identityCardLength(bytes, start, end - start);
      if (length > 0 && start + length <= to && endsHere(bytes, start + length, to)) {
        return { start, end: start + length, pattern: IDENTITY_CARD };
      }
    }
    if (this.#phones) {
      const phoneEnd = mobileNumberEnd(bytes, start, end, to);
      if (phoneEnd > 0) return { start, end: phoneEnd, pattern: PHONE };
    }
    if (this.#bankCards && mayBeCard(bytes, start)) {
      const cardEnd = bankCardEnd(bytes, start, end, to);
      if (cardEnd > 0) return { start, end: cardEnd, pattern: BANK_CARD };
    }
    return null;
  }
}

function address(bytes: Uint8Array, at: number, domain: number, from: number, to: number): Found | null {
  const end = domainEnd(bytes, domain, to);
  if (end === 0) return null;
  const start = localPartStart(bytes, at, from);
  return start === -1 ? null : { start, end, pattern: EMAIL };
}

function token(span: Span | null): Found | null {
  return span === null ? null : { ...span, pattern: BEARER_TOKEN };
}

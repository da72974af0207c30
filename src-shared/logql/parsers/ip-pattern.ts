/** Addresses and the patterns of `ip("…")`: one address, a CIDR, or a range `a-b`; IPv4 and IPv6. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

export interface IpPattern {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

function parseV4(text: string): bigint | null {
  const parts = text.split(".");
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = value * 256n + BigInt(part);
  }
  return value;
}

function hexGroups(text: string): bigint[] | null {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".") && index === parts.length - 1) {
      const v4 = parseV4(part);
      if (v4 === null) return null;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
      groups.push(BigInt(`0x${part}`));
    }
  }
  return groups;
}

function parseV6(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = hexGroups(halves[0] ?? "");
  const tail = halves.length === 2 ? hexGroups(halves[1] ?? "") : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** An address in its usual notation, with a zone (`%eth0`) ignored; `null` when it is none. */
export function parseIp(text: string): IpAddress | null {
  if (text.includes(":")) {
    const value = parseV6(text.replace(/%.+$/, ""));
    return value === null ? null : { bits: 128, value };
  }
  const value = parseV4(text);
  return value === null ? null : { bits: 32, value };
}

/** Reads a pattern; `null` when it is none (Loki: `ip: invalid pattern`). */
export function parseIpPattern(text: string): IpPattern | null {
  const cidr = /^(.+)\/(\d{1,3})$/.exec(text);
  if (cidr !== null) {
    const address = parseIp(cidr[1] ?? "");
    const length = Number(cidr[2]);
    if (address === null || length > address.bits) return null;
    const host = (1n << BigInt(address.bits - length)) - 1n;
    return { bits: address.bits, first: address.value & ~host, last: address.value | host };
  }
  const [from = "", to, ...more] = text.split("-");
  const first = parseIp(from);
  if (first === null || more.length > 0) return null;
  if (to === undefined) return { bits: first.bits, first: first.value, last: first.value };
  const last = parseIp(to);
  if (last === null || last.bits !== first.bits || last.value < first.value) return null;
  return { bits: first.bits, first: first.value, last: last.value };
}

export function ipMatches(pattern: IpPattern, address: IpAddress): boolean {
  return pattern.bits === address.bits && address.value >= pattern.first && address.value <= pattern.last;
}

const V4_RUN = /[0-9.]+/y;
const V6_RUN = /[0-9a-fA-F:.]+/y;
const V4_HINT = /\d.{0,2}?\./sy;
const V6_HINT = /(?:::[0-9a-fA-F]|[0-9a-fA-F]{1,4}:)/y;
/** Only there an address can begin. */
const CANDIDATE = /[0-9a-fA-F:]/g;

/** The run of address characters at an offset, when it begins as an address does. */
function runAt(line: string, at: number): string | null {
  const hint = V4_HINT;
  hint.lastIndex = at;
  const isV4 = at + 3 < line.length && hint.test(line);
  if (!isV4) {
    V6_HINT.lastIndex = at;
    if (at + 4 >= line.length || !V6_HINT.test(line)) return null;
  }
  const run = isV4 ? V4_RUN : V6_RUN;
  run.lastIndex = at;
  return run.exec(line)?.[0] ?? null;
}

/**
 * Whether a line holds an address of the pattern. As in Loki, the longest run of address characters from a place that looks
 * like the beginning of an address is read as one, so an address with another such character behind it is missed.
 */
export function lineHasIp(pattern: IpPattern, line: string): boolean {
  CANDIDATE.lastIndex = 0;
  for (let found = CANDIDATE.exec(line); found !== null; found = CANDIDATE.exec(line)) {
    const run = runAt(line, found.index);
    if (run === null) continue;
    const address = parseIp(run);
    if (address !== null && ipMatches(pattern, address)) return true;
    CANDIDATE.lastIndex = found.index + run.length + 1;
  }
  return false;
}

/** One `name=value` of a logfmt line. `value` is `null` for a bare name. */
export interface LogfmtPair {
  readonly name: string;
  readonly value: string | null;
}

const PAIR = /([A-Za-z_][\w.\-/@]*)(?:=("(?:[^"\\]|\\.)*"|[^\s"]*))?(?:\s+|$)/gy;
const MAX_PAIRS = 2_000;

/**
 * The pairs of a line that is logfmt, quotes taken off; `null` for a line that is not: fewer than two values, or as many
 * bare words as values (a sentence with one `a=b` in it is no logfmt).
 */
export function logfmtPairs(line: string): readonly LogfmtPair[] | null {
  const pairs: LogfmtPair[] = [];
  let end = 0;
  for (const match of line.trim().matchAll(PAIR)) {
    const [whole, name = "", written] = match;
    pairs.push({ name, value: written === undefined ? null : unquote(written) });
    end = match.index + whole.length;
    if (pairs.length >= MAX_PAIRS) break;
  }
  const values = pairs.filter(({ value }) => value !== null).length;
  const isWhole = end >= line.trim().length || pairs.length >= MAX_PAIRS;
  return isWhole && values >= 2 && values * 2 > pairs.length ? pairs : null;
}

function unquote(written: string): string {
  if (!written.startsWith('"')) return written;
  return written.slice(1, -1).replace(/\\(["\\nrt])/g, (_, character: string) => UNESCAPED[character] ?? character);
}

const UNESCAPED: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

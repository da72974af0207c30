/**
 * Reads Prometheus's text exposition format, version 0.0.4, and OpenMetrics as far as they agree: one sample a line,
 * `name{label="value",…} value [timestamp]`. Bytes in, and only what is wanted comes out as text: a Loki pod answers two
 * thousand series of which detection and the board read some hundred, and a site has hundreds of pods.
 */
export interface Exposition {
  /** `name{label="value"}` as the target wrote it → value. Of a key that comes twice the last counts. */
  readonly series: Readonly<Record<string, number>>;
  /** Samples of all lines, wanted or not. */
  readonly samples: number;
  /** Wanted lines that are none. */
  readonly brokenLines: number;
  readonly repeatedKeys: number;
}

const NEWLINE = 10;
const HASH = 35;
const SPACE = 32;
const BRACE = 123;
const TAB = 9;

/** Reads a body; `wanted` decides by the family's name, once for lines that stand together. */
export function parseExposition(body: Buffer, wanted: (name: string) => boolean): Exposition {
  const series: Record<string, number> = Object.create(null);
  let samples = 0;
  let brokenLines = 0;
  let repeatedKeys = 0;
  let name = "";
  let take = false;
  for (let at = 0; at < body.length;) {
    const newline = body.indexOf(NEWLINE, at);
    const end = newline < 0 ? body.length : newline;
    const start = at;
    at = end + 1;
    const first = body[start];
    if (start === end || first === HASH) continue;
    samples += 1;
    if (!continues(body, start, end, name)) {
      name = nameAt(body, start, end);
      take = name !== "" && wanted(name);
    }
    if (!take) continue;
    const sample = sampleOf(body.toString("utf8", start, end), name);
    if (sample === null) brokenLines += 1;
    else {
      if (sample.key in series) repeatedKeys += 1;
      series[sample.key] = sample.value;
    }
  }
  return { series, samples, brokenLines, repeatedKeys };
}

/** Whether the line is of the family `name`, as most lines are that follow one. */
function continues(body: Buffer, start: number, end: number, name: string): boolean {
  const after = start + name.length;
  if (name === "" || after >= end) return false;
  const next = body[after];
  if (next !== BRACE && next !== SPACE && next !== TAB) return false;
  // From the back: names of one program share their beginnings.
  for (let at = name.length - 1; at >= 0; at--) if (body[start + at] !== name.charCodeAt(at)) return false;
  return true;
}

function nameAt(body: Buffer, start: number, end: number): string {
  let at = start;
  while (at < end && body[at] !== BRACE && body[at] !== SPACE && body[at] !== TAB) at += 1;
  return body.toString("latin1", start, at);
}

const VALUE = /^[ \t]+(\S+)(?:[ \t]+-?\d+(?:\.\d+)?)?(?:[ \t]+#.*)?[ \t]*\r?$/;
const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "+inf": Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

function sampleOf(line: string, name: string): { readonly key: string; readonly value: number } | null {
  const keyEnd = line.charCodeAt(name.length) === BRACE ? labelsEnd(line, name.length) : name.length;
  if (keyEnd === null) return null;
  const text = VALUE.exec(line.slice(keyEnd))?.[1];
  if (text === undefined) return null;
  const special = SPECIAL[text.toLowerCase()];
  const value = special ?? Number(text);
  if (special === undefined && Number.isNaN(value)) return null;
  return { key: line.slice(0, keyEnd), value };
}

/** Where the labels end that begin at `open`, past quotes with braces in them; `null` when they do not. */
function labelsEnd(line: string, open: number): number | null {
  let quoted = false;
  for (let at = open + 1; at < line.length; at++) {
    const character = line[at];
    if (quoted && character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === "}" && !quoted) return at + 1;
  }
  return null;
}

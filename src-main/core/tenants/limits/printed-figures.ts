const PREFIXES = "kMGTPE";

/**
 * A size as Loki writes it in a sentence, in bytes: `3MB` of `flagext.ByteSize`, whose units are powers of 1024 (3,145,728);
 * `785 KiB` and `1.5 GiB` of go-humanize's `IBytes`; `82 kB`, with a space and powers of 1000, of its `Bytes`; a bare number.
 */
export function bytesOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)( ?)([kKMGTPE]?)(i?)B?$/.exec(text);
  if (match === null) return null;
  const [, digits = "", space = "", prefix = "", binary = ""] = match;
  const power = prefix === "" ? 0 : PREFIXES.indexOf(prefix === "K" ? "k" : prefix) + 1;
  return Number(digits) * (binary === "" && space !== "" ? 1_000 : 1_024) ** power;
}

const SECONDS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
};

/** `3h0m0s` of Go, `30d1h` of Prometheus, in seconds. */
export function secondsOf(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|us|µs|ns|[ywdhms])/g)];
  if (parts.map(([part]) => part).join("") !== text || text === "") return null;
  return parts.reduce((sum, [, digits, unit = ""]) => sum + Number(digits) * (SECONDS[unit] ?? 0), 0);
}

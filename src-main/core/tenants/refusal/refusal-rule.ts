/** What a refusal is about. `bytes` and `seconds` are read out of Loki's humanised values. */
export type RefusalUnit = "bytes-per-second" | "bytes" | "seconds" | "count" | "time" | "none";

/** One sentence of Loki's and what it means. Named groups are the names of `RefusalFacts`. */
export interface RefusalRule {
  /** `loki_discarded_samples_total{reason}` where it has one, else a name of the same kind. */
  readonly reason: string;
  readonly path: "push" | "query" | "tail" | "rules" | "delete";
  /** The key of `limits_config`, or of the block that is named; `null` where no limit is behind it. */
  readonly limit: string | null;
  readonly unit: RefusalUnit;
  readonly pattern: RegExp;
  /** What else to know, `tenants.refusal.note.<key>`. */
  readonly notes: readonly string[];
}

const NUMBER = String.raw`\d+(?:\.\d+)?`;
/** dustin/go-humanize and `flagext.ByteSize`: `150B`, `785 KiB`, `100 B`, `3MB`. */
export const SIZE = String.raw`${NUMBER} ?[kKMGTPE]?i?B`;
export const DURATION = String.raw`(?:\d+(?:\.\d+)?(?:ms|us|µs|ns|[ywdhms]))+`;

/** A sentence may go over lines: labels hold anything. */
export function said(text: string): RegExp {
  return new RegExp(text, "s");
}

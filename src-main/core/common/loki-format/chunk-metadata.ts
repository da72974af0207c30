import { z } from "zod";
import { labelSetSchema, type LabelSet } from "../../../../src-shared/model/labels.ts";
import { decompressSnappyFrames } from "./snappy-frames.ts";

/** What the JSON at the beginning of a chunk object says. */
export interface ChunkMetadata {
  readonly tenant: string;
  readonly fingerprint: bigint;
  readonly fromMs: number;
  readonly throughMs: number;
  /** Of the stream, without `__name__`. */
  readonly labels: LabelSet;
  /** 129 for Loki's chunks, 128 for its oldest ones. */
  readonly encoding: number;
}

/** Far more than the labels that any limit of Loki lets in; JSON of 100 MB is not parsed. */
export const METADATA_MAX_BYTES = 4 * 1_048_576;

const metadataSchema = z.object({
  fingerprint: z.string().regex(/^\d{1,20}$/),
  userID: z.string().min(1).max(1_000),
  from: z.string().max(32),
  through: z.string().max(32),
  metric: labelSetSchema,
  encoding: z.string().regex(/^\d{1,3}$/),
});

/** Milliseconds of decimal seconds with up to three decimals, without going through a fraction; `null` when it is none. */
export function exactMilliseconds(text: string): number | null {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,3}))?$/.exec(text);
  if (match === null) return scientificMilliseconds(text);
  const [, sign, seconds = "", fraction = ""] = match;
  const value = Number(seconds) * 1_000 + Number(fraction.padEnd(3, "0"));
  return sign === "-" ? -value : value;
}

// Go's encoder may write 1.795354897453e+09; digits and exponent are exact all the same.
function scientificMilliseconds(text: string): number | null {
  const match = /^(-?)(\d)(?:\.(\d{1,15}))?[eE]\+?(\d{1,2})$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", exponent = ""] = match;
  const scale = Number(exponent) + 3 - fraction.length;
  if (scale < 0) return null;
  const value = Number(whole + fraction) * 10 ** scale;
  if (!Number.isSafeInteger(value)) return null;
  return sign === "-" ? -value : value;
}

/** Numbers come as the digits they are written with: a fingerprint does not fit a double. */
function parseNumbersAsText(json: string): unknown {
  const reviver = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" ? (context?.source ?? String(value)) : value;
  return JSON.parse(json, reviver) as unknown;
}

export type MetadataReading =
  | { readonly ok: true; readonly metadata: ChunkMetadata }
  | { readonly ok: false; readonly atByte: number; readonly problem: string };

/** Unpacks, checks and parses the metadata of a chunk object (Loki `pkg/storage/chunk/chunk.go`, `Decode`). */
export function readMetadata(framed: Uint8Array): MetadataReading {
  const plain = decompressSnappyFrames(framed, METADATA_MAX_BYTES);
  if (!plain.ok) return plain;
  let json: unknown;
  try {
    json = parseNumbersAsText(new TextDecoder("utf-8", { fatal: true }).decode(plain.bytes));
  } catch (error) {
    return { ok: false, atByte: 0, problem: error instanceof Error ? error.message.slice(0, 120) : "no JSON" };
  }
  const parsed = metadataSchema.safeParse(json);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
    return { ok: false, atByte: 0, problem: `these fields are missing or wrong: ${names}`.slice(0, 200) };
  }
  const { fingerprint, userID, from, through, metric, encoding } = parsed.data;
  const fromMs = exactMilliseconds(from);
  const throughMs = exactMilliseconds(through);
  if (fromMs === null || throughMs === null) return { ok: false, atByte: 0, problem: "a bound is no time" };
  if (BigInt(fingerprint) >= 1n << 64n) return { ok: false, atByte: 0, problem: "the fingerprint is no 64-bit number" };
  const labels = Object.fromEntries(Object.entries(metric).filter(([name]) => name !== "__name__"));
  return {
    ok: true,
    metadata: {
      tenant: userID,
      fingerprint: BigInt(fingerprint),
      fromMs,
      throughMs,
      labels,
      encoding: Number(encoding),
    },
  };
}

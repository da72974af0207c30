import { z } from "zod";
import { AppError } from "../../errors/app-error.ts";
import { tenantIdSchema } from "../tenant-id.ts";
import { MAX_EXPIRY_MINUTES, type LimitChange, type LimitEdit } from "./limit-change.ts";

const mb = z.number().positive().max(1_048_576);
const streams = z.number().int().min(1).max(1_000_000_000);
const minutes = z.number().int().min(1).max(MAX_EXPIRY_MINUTES);

/** What often is done, with what it needs. Sizes in MB are Loki's: 1,048,576 bytes. */
export const limitPresetSchema = z.discriminatedUnion("preset", [
  /** One tenant sends too much: its rate is capped; what it sends beyond is refused with 429 and sent again by good clients. */
  z.object({
    preset: z.literal("log-storm"),
    tenant: tenantIdSchema,
    rateMb: mb,
    expiresAfterMinutes: minutes.exactOptional(),
  }),
  /** One tenant makes too many streams. */
  z.object({
    preset: z.literal("stream-storm"),
    tenant: tenantIdSchema,
    maxStreams: streams,
    expiresAfterMinutes: minutes.exactOptional(),
  }),
  /** Single streams of a tenant send too much. */
  z.object({
    preset: z.literal("loud-stream"),
    tenant: tenantIdSchema,
    perStreamMb: mb,
    expiresAfterMinutes: minutes.exactOptional(),
  }),
  /** Old logs are brought in: more of everything, old samples taken, and all of it goes back by itself. */
  z.object({
    preset: z.literal("migration"),
    tenant: tenantIdSchema,
    /** Times what the tenant may send now. */
    factor: z.number().min(1).max(100),
    expiresAfterMinutes: minutes,
  }),
  /** Nothing of a tenant is taken until then. */
  z.object({
    preset: z.literal("block-ingestion"),
    tenant: tenantIdSchema,
    untilMs: z.number().int().positive(),
    /** 260 (Loki's own) is an error to few clients; 200 pretends success and loses what is sent. */
    statusCode: z.number().int().min(200).max(599),
  }),
  /** A query that does harm is refused: by its hash, or by its text. */
  z.object({
    preset: z.literal("block-query"),
    tenant: tenantIdSchema,
    query: z.discriminatedUnion("by", [
      /** As `metrics.go` logs it (`query_hash`). */
      z.object({ by: z.literal("hash"), hash: z.number().int().min(0).max(4_294_967_295) }),
      z.object({ by: z.literal("pattern"), pattern: z.string().min(1).max(10_000), regex: z.boolean() }),
    ]),
    expiresAfterMinutes: minutes.exactOptional(),
  }),
]);
export type LimitPreset = z.output<typeof limitPresetSchema>;
export const LIMIT_PRESETS = limitPresetSchema.options.map((option) => option.shape.preset.value);

/** A tenant's present value of a limit; of `number`, rates and sizes are bytes. `null` where it is not known. */
export type PresentLimit = (key: string) => { readonly value: string | null; readonly number: number | null } | null;

const MB = 1_048_576;
/** Bytes a second, that a stream may have for each byte a second of its tenant's default: Loki's own 15 MB to 3 MB. */
const STREAM_BURST = 5;
/** Loki's own 6 MB to 4 MB. */
const BURST = 1.5;
const YEARS_OLD = "10y";

const blockedQuerySchema = z.array(z.record(z.string(), z.json()));

/** A preset as a change to be planned. What a factor is of, is taken from the tenant's present limits, else from Loki's defaults. @throws AppError `tenants.change-stopped` where a list that is there cannot be read */
export function changeOfPreset(preset: LimitPreset, present: PresentLimit): Extract<LimitChange, { kind: "edits" }> {
  const expires = "expiresAfterMinutes" in preset ? preset.expiresAfterMinutes : undefined;
  return {
    kind: "edits",
    edits: editsOf(preset, present),
    preset: preset.preset,
    ...(expires === undefined ? {} : { expiresAfterMinutes: expires }),
  };
}

function editsOf(preset: LimitPreset, present: PresentLimit): LimitEdit[] {
  const { tenant } = preset;
  const edit = (key: string, value: string): LimitEdit => ({ tenant, key, value });
  switch (preset.preset) {
    case "log-storm":
      return [
        edit("ingestion_rate_mb", decimal(preset.rateMb)),
        edit("ingestion_burst_size_mb", decimal(preset.rateMb * BURST)),
      ];
    case "stream-storm":
      return [edit("max_global_streams_per_user", String(preset.maxStreams))];
    case "loud-stream":
      return [
        edit("per_stream_rate_limit", bytesOf(preset.perStreamMb * MB)),
        edit("per_stream_rate_limit_burst", bytesOf(preset.perStreamMb * STREAM_BURST * MB)),
      ];
    case "migration":
      return migration(preset.factor, present, edit);
    case "block-ingestion":
      return [
        edit("block_ingestion_until", new Date(preset.untilMs).toISOString().replace(/\.\d+Z$/, "Z")),
        edit("block_ingestion_status_code", String(preset.statusCode)),
      ];
    case "block-query":
      return [edit("blocked_queries", JSON.stringify([...blockedNow(present), blockedBy(preset.query)]))];
  }
}

function migration(
  factor: number,
  present: PresentLimit,
  edit: (key: string, value: string) => LimitEdit,
): LimitEdit[] {
  const now = (key: string, otherwise: number): number => present(key)?.number ?? otherwise;
  const rate = now("ingestion_rate_mb", 4 * MB) * factor;
  const burst = Math.max(now("ingestion_burst_size_mb", 6 * MB) * factor, rate);
  const perStream = now("per_stream_rate_limit", 3 * MB) * factor;
  const perStreamBurst = Math.max(now("per_stream_rate_limit_burst", 15 * MB) * factor, perStream);
  const global = now("max_global_streams_per_user", 5_000);
  const local = now("max_streams_per_user", 0);
  return [
    edit("ingestion_rate_mb", decimal(rate / MB)),
    edit("ingestion_burst_size_mb", decimal(burst / MB)),
    edit("per_stream_rate_limit", bytesOf(perStream)),
    edit("per_stream_rate_limit_burst", bytesOf(perStreamBurst)),
    // 0 is no limit, and stays none.
    ...(global > 0 ? [edit("max_global_streams_per_user", String(Math.ceil(global * factor)))] : []),
    ...(local > 0 ? [edit("max_streams_per_user", String(Math.ceil(local * factor)))] : []),
    edit("reject_old_samples", "false"),
    edit("reject_old_samples_max_age", YEARS_OLD),
  ];
}

/** Entries that are there stay, in their order. @throws AppError `tenants.change-stopped` */
function blockedNow(present: PresentLimit): readonly Readonly<Record<string, unknown>>[] {
  const text = present("blocked_queries")?.value ?? "";
  if (text.trim() === "") return [];
  const parsed = blockedQuerySchema.safeParse(jsonOrNull(text));
  if (parsed.success) return parsed.data;
  // A list that cannot be read cannot be added to: writing another one would let through what it blocks.
  throw new AppError("tenants.change-stopped", { problems: "blocked_queries" });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function blockedBy(query: Extract<LimitPreset, { preset: "block-query" }>["query"]): Readonly<Record<string, unknown>> {
  return query.by === "hash" ? { hash: query.hash } : { pattern: query.pattern, regex: query.regex };
}

function decimal(mbs: number): string {
  return String(Math.round(mbs * 1_000) / 1_000);
}

/** Whole units of Loki's sizes, rounded up. */
function bytesOf(bytes: number): string {
  return bytes % MB === 0 ? `${bytes / MB}MB` : `${Math.ceil(bytes / 1_024)}KB`;
}

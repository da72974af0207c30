import { z } from "zod";

const findingSchema = z.object({
  what: z.string(),
  offset: z.number(),
  block: z.number().nullable().exactOptional(),
  expected: z.string().nullable(),
  actual: z.string().nullable(),
  entriesLost: z.number().nullable().exactOptional(),
  detail: z.string().nullable(),
});

/** What a chunk object says of itself. Times are RFC 3339 in UTC with nanoseconds. Lines and labels are log text. */
export const chunkInspectionSchema = z.object({
  kind: z.literal("chunk"),
  key: z.string(),
  sizeBytes: z.number(),
  tenant: z.string().nullable(),
  fingerprint: z.string().nullable(),
  labels: z.record(z.string(), z.string()).nullable(),
  from: z.string().nullable(),
  through: z.string().nullable(),
  version: z.number().nullable(),
  codec: z.string().nullable(),
  blockCount: z.number(),
  blocks: z.array(
    z.object({
      number: z.number(),
      offset: z.number(),
      bytes: z.number(),
      entries: z.number(),
      from: z.string(),
      through: z.string(),
      sound: z.boolean(),
    }),
  ),
  entries: z.number(),
  firstLines: z.array(z.object({ time: z.string(), line: z.string() })),
  findings: z.array(findingSchema),
  hex: z.array(z.string()),
});

export const indexInspectionSchema = z.object({
  kind: z.literal("index"),
  key: z.string(),
  table: z.string(),
  sizeBytes: z.number(),
  unpackedBytes: z.number().nullable(),
  problem: z.string().nullable(),
  version: z.number().nullable(),
  from: z.string().nullable(),
  through: z.string().nullable(),
  series: z.number(),
  chunks: z.number(),
  tenants: z.array(z.object({ tenant: z.string(), series: z.number() })),
  findings: z.array(findingSchema),
  unlisted: z.number(),
});

export const objectInspectionSchema = z.discriminatedUnion("kind", [chunkInspectionSchema, indexInspectionSchema]);
export type ObjectInspection = z.output<typeof objectInspectionSchema>;

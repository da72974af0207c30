import { z } from "zod";
import type { RowExtra } from "../../../../src-shared/model/log-batch.ts";
import { markerRowSchema, type RowMarker } from "../../../../src-shared/model/log-row.ts";

const NOTHING: RowExtra = {};

/** The decoded extra bytes of an entry. They were written by a `LogSource` of this program, so their shape is not asked. */
export function parseRowExtra(bytes: Buffer): RowExtra {
  if (bytes.length === 0) return NOTHING;
  // The format is fixed by `LogBatch.extraBytes`.
  return JSON.parse(bytes.toString()) as RowExtra;
}

const markerSchema: z.ZodType<RowMarker> = markerRowSchema.shape.marker;

export function parseRowMarker(bytes: Buffer): RowMarker {
  return markerSchema.parse(JSON.parse(bytes.toString()));
}

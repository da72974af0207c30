import { z } from "zod";
import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { labelSetSchema, type LabelSet } from "../../../../../src-shared/model/labels.ts";
import {
  detectedFieldSchema,
  type DetectedField,
  type MetricResult,
} from "../../../../../src-shared/model/log-query.ts";
import { msFromNano, type TimeRange } from "../../../../../src-shared/model/nano-time.ts";

// Loki leaves `data` out when it is empty.
const namesSchema = z.object({ status: z.literal("success"), data: z.array(z.string()).default([]) });
const seriesSchema = z.object({ status: z.literal("success"), data: z.array(labelSetSchema).default([]) });
const fieldsSchema = z.object({
  fields: z
    .array(
      z.object({
        label: z.string(),
        type: z.string(),
        cardinality: z.number().default(0),
        parsers: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
});
/** What a querier answers to `index/volume` without a frontend before it. */
const bareVolumesSchema = z.object({
  volumes: z.array(z.object({ name: z.string(), volume: z.union([z.number(), z.bigint(), z.string()]) })).nullable(),
});

export function namesAnswer(answer: unknown): readonly string[] {
  return parsed(namesSchema, answer).data;
}

export function seriesAnswer(answer: unknown): readonly LabelSet[] {
  return parsed(seriesSchema, answer).data;
}

/** Fields whose type this version of the console does not know are taken for text. */
export function fieldsAnswer(answer: unknown): readonly DetectedField[] {
  const { fields } = parsed(fieldsSchema, answer);
  return (fields ?? []).map((field) => {
    const type = detectedFieldSchema.shape.type.safeParse(field.type);
    return {
      label: field.label,
      type: type.success ? type.data : "string",
      cardinality: field.cardinality,
      parsers: [...(field.parsers ?? [])],
    };
  });
}

/** The volumes of a bare querier as a vector at the range's end; `null` when the answer is not of that shape. */
export function bareVolumes(answer: unknown, range: TimeRange): MetricResult | null {
  const volumes = bareVolumesSchema.safeParse(answer);
  if (!volumes.success) return null;
  const seconds = msFromNano(range.endNs) / 1_000;
  const series = (volumes.data.volumes ?? []).map(({ name, volume }) => {
    const points: [number, string][] = [[seconds, String(volume)]];
    return { metric: labelsOf(name), points };
  });
  return { resultType: "vector", series, warnings: [] };
}

/** `{app="payments", env="prod"}`, or with `aggregateBy=labels` only a name. */
function labelsOf(name: string): LabelSet {
  const labels: Record<string, string> = {};
  for (const [, label = "", value = ""] of name.matchAll(/([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"/g)) {
    labels[label] = value.replace(/\\(["\\])/g, "$1");
  }
  return Object.keys(labels).length > 0 ? labels : { [name.slice(0, 200)]: "" };
}

function parsed<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  throw new AppError("loki.bad-response", { status: 200, problem: "an answer of another shape" });
}

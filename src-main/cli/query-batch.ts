import { readFile } from "node:fs/promises";
import { z } from "zod";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { QueryAnswer, QueryRequest } from "../../src-shared/logql/answer-query.ts";

const text = z.union([z.string(), z.number()]).nullish();
const nanoseconds = z
  .string()
  .regex(/^-?\d{1,19}$/)
  .transform((digits) => BigInt(digits))
  .nullish();

/** One query of a batch, as it would be sent to Loki. Times are nanoseconds; `null` is not sent. */
const batchQuerySchema = z.object({
  id: z.string(),
  tenant: z.string().nullish(),
  kind: z.enum(["range", "instant"]),
  query: z.string(),
  start: nanoseconds,
  end: nanoseconds,
  time: nanoseconds,
  step: text,
  limit: text,
  direction: z.string().nullish(),
  interval: text,
  encoding: z.string().nullish(),
});
export type BatchQuery = z.output<typeof batchQuerySchema>;

/** Reads a file of queries: a JSON array, or one object a line. */
export async function readBatch(file: string): Promise<readonly BatchQuery[]> {
  const content = await readFile(file, "utf8").catch((error: unknown) => {
    throw new AppError("files.unreadable", { file, problem: String(error).slice(0, 200) }, { cause: error });
  });
  try {
    const values: unknown = content.trimStart().startsWith("[")
      ? JSON.parse(content)
      : content.split("\n").flatMap((line): unknown[] => (line.trim() === "" ? [] : [JSON.parse(line)]));
    return z.array(batchQuerySchema).parse(values);
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new AppError("request.invalid", { path: file, problem: problem.slice(0, 300) }, { cause: error });
  }
}

function sent(value: string | number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}

/** The request that a query of a batch stands for; what is not sent has Loki's defaults. */
export function batchRequest(query: BatchQuery, compat: "documented" | "loki", nowNs: bigint): QueryRequest {
  if (query.kind === "instant") return { kind: "instant", query: query.query, compat, timeNs: query.time ?? nowNs };
  const limit = sent(query.limit);
  const endNs = query.end ?? nowNs;
  return {
    kind: "range",
    query: query.query,
    compat,
    startNs: query.start ?? endNs - 3_600_000_000_000n,
    endNs,
    step: sent(query.step),
    interval: sent(query.interval),
    limit: limit === undefined ? undefined : Number(limit),
    direction: query.direction?.toLowerCase() === "forward" ? "forward" : "backward",
    categorizeLabels: query.encoding === "categorize-labels",
  };
}

/** `status` as Loki's HTTP status; `body` is the answer's data, or Loki's text of an error. */
export function batchAnswer(id: string, answer: QueryAnswer): object {
  return { id, status: answer.status, body: "error" in answer ? answer.error : answer.data };
}

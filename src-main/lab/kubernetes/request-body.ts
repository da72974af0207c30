import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { readBody } from "../http/read-body.ts";
import { readProtobufReview } from "./review-protobuf.ts";
import { badRequest } from "./status.ts";

const MAX_BODY_BYTES = 3 * 1024 * 1024;

export async function readText(request: IncomingMessage): Promise<string> {
  return (await readBody(request, MAX_BODY_BYTES)).toString();
}

/** A body as JSON; 400 in the API server's words for what is none. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse(await readText(request));
  } catch (error) {
    if (error instanceof SyntaxError) throw badRequest("the object provided is unrecognized (must be of JSON)");
    throw error;
  }
}

export async function readReview(request: IncomingMessage): Promise<unknown> {
  if (request.headers["content-type"] !== "application/vnd.kubernetes.protobuf") return readJson(request);
  const review = readProtobufReview(await readBody(request, MAX_BODY_BYTES));
  if (review === null) throw badRequest("the object provided is unrecognized (must be a review)");
  return review;
}

const deleteOptionsSchema = z.object({
  gracePeriodSeconds: z.number().nullish(),
  propagationPolicy: z.string().nullish(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).nullish(),
});
export type DeleteOptions = z.output<typeof deleteOptionsSchema>;

/** What a DELETE says about how; a body that is empty or none of ours says nothing. */
export async function readDeleteOptions(request: IncomingMessage, query: URLSearchParams): Promise<DeleteOptions> {
  const text = await readText(request);
  const parsed = text.startsWith("{") ? deleteOptionsSchema.safeParse(JSON.parse(text)) : null;
  const seconds = query.get("gracePeriodSeconds");
  return {
    ...(parsed?.success === true ? parsed.data : {}),
    ...(seconds === null ? {} : { gracePeriodSeconds: Number(seconds) }),
  };
}

export function isTrue(value: string | null): boolean {
  return value === "true" || value === "1";
}

export function isDryRun(query: URLSearchParams): boolean {
  return query.get("dryRun") === "All";
}

import type { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { TargetAnswer } from "./scrape-target.ts";

/**
 * The JSON of a page by its schema. `what` is what the page should have been, in few words.
 * @throws AppError `loki.bad-response`
 */
export function pageJson<Page>({ status, body }: TargetAnswer, schema: z.ZodType<Page>, what: string): Page {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw new AppError("loki.bad-response", { status, problem: "no JSON" }, { cause: error });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new AppError("loki.bad-response", { status, problem: `no ${what}` }, { cause: parsed.error });
}

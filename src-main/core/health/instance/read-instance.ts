import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { InstanceDetails } from "../../../../src-shared/model/health/instance-details.ts";
import type { Clock } from "../../common/clock.ts";
import type { ReadingPath, ScrapeTarget, TargetAnswer } from "../scraping/scrape-target.ts";
import { failedOutcome, isHtml } from "../scraping/target-outcome.ts";
import { withinTime } from "../scraping/time-limit.ts";

/** What a process says when it is asked for itself; its figures come from the rounds. */
export type InstanceAnswers = Pick<InstanceDetails, "services" | "servicesError" | "build" | "readyText">;

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 256 * 2 ** 10;
const READY_CHARACTERS = 1_000;
const MOST_SERVICES = 200;

/**
 * Asks `/services`, buildinfo and `/ready` of one process, each failing for itself.
 * @throws AppError `request.cancelled`
 */
export async function readInstance(target: ScrapeTarget, clock: Clock, signal: AbortSignal): Promise<InstanceAnswers> {
  const ask = (path: ReadingPath): Promise<TargetAnswer> =>
    withinTime(clock, TIMEOUT_MS, signal, (inner) =>
      target.get({ path, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, signal: inner }),
    );
  const [services, build, ready] = await Promise.allSettled([
    ask("/services").then(readServices),
    ask("/loki/api/v1/status/buildinfo").then(readBuild),
    ask("/ready").then(readReady),
  ]);
  if (signal.aborted) throw new AppError("request.cancelled", {});
  return {
    services: services.status === "fulfilled" ? services.value : [],
    servicesError:
      services.status === "fulfilled" ? null : failedOutcome(services.reason, target.instance).error.toWire(),
    build: build.status === "fulfilled" ? build.value : null,
    readyText: ready.status === "fulfilled" ? ready.value : "",
  };
}

const SERVICE = /^([\w-]{1,100}) => ([A-Z][a-z]{1,30})$/;

/** A line a module: `ring => Running`. @throws AppError `loki.bad-response`, `loki.unauthorized` */
export function readServices(answer: TargetAnswer): InstanceAnswers["services"] {
  const { status, body } = answer;
  if (status === 401 || status === 403) throw new AppError("loki.unauthorized", { status });
  if (status !== 200 || isHtml(answer)) throw new AppError("loki.bad-response", { status, problem: "no services" });
  const lines = body.toString("utf8").split("\n");
  const services = lines.flatMap((line) => {
    const [, module, state] = SERVICE.exec(line.trim()) ?? [];
    return module === undefined || state === undefined ? [] : [{ module, state }];
  });
  if (services.length === 0) throw new AppError("loki.bad-response", { status, problem: "no services" });
  return services.toSorted((a, b) => (a.module < b.module ? -1 : 1)).slice(0, MOST_SERVICES);
}

const word = z
  .string()
  .catch("")
  .transform((value) => value.slice(0, 200));
const buildSchema = z.object({ version: word, revision: word, goVersion: word });

/** `null` where the answer is none, or was built without saying what it is. */
function readBuild({ status, body }: TargetAnswer): InstanceAnswers["build"] {
  if (status !== 200) return null;
  const parsed = buildSchema.safeParse(JSON.parse(body.toString("utf8")));
  if (!parsed.success) return null;
  const { version, revision, goVersion } = parsed.data;
  return version === "" && revision === "" && goVersion === "" ? null : parsed.data;
}

/** Why it is not ready, in its own words; empty for one that is, and for an answer that is not Loki's. */
function readReady(answer: TargetAnswer): string {
  if (answer.status !== 503 || isHtml(answer)) return "";
  return answer.body.toString("utf8").trim().slice(0, READY_CHARACTERS);
}

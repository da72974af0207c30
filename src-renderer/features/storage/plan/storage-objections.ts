import type { Preflight, StorageProblem } from "../../../../src-shared/model/storage/storage-plan.ts";
import { readableParams } from "../../../components/operation-text.ts";
import type { PlanAnswer, PlanObjection } from "../../../components/plan-answer.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

interface Judged {
  readonly problems: readonly StorageProblem[];
  readonly preflight: readonly Preflight[];
}

/** Whether a plan can be applied. A note alone does not warn. */
export function storageAnswer({ problems, preflight }: Judged): PlanAnswer {
  if (problems.some(({ weight }) => weight === "stops") || preflight.some(({ state }) => state === "failed")) {
    return "stopped";
  }
  const doubts = problems.some(({ weight }) => weight === "doubts");
  return doubts || preflight.some(isDoubtful) ? "warned" : "clear";
}

/** What cannot be tried before something is written is tried first of all when it is applied. */
function isDoubtful({ state, reason }: Preflight): boolean {
  return state !== "passed" && reason !== "not-tried";
}

const WEIGHTS = { stops: "stops", doubts: "warns", notes: "notes" } as const;
const ORDER: readonly StorageProblem["weight"][] = ["stops", "doubts", "notes"];

/** What speaks against a plan, in words, what stops it first. */
export function storageObjections(
  problems: readonly StorageProblem[],
  t: Translate,
  formats: Formats,
): readonly PlanObjection[] {
  return problems
    .toSorted((a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight))
    .map(({ code, weight, params }) => ({
      weight: WEIGHTS[weight],
      text: t.dynamic(`storage.problem.${code}`, readableParams(t, formats, params), code),
    }));
}

import { LIMIT_UNITS } from "../../../../src-shared/model/tenants/board.ts";
import type { LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { readableParams } from "../../../components/operation-text.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { amountText } from "../gauge/limit-text.ts";
import type { LineMark } from "./yaml-editor.tsx";

type LimitProblem = LimitPlan["problems"][number];

/** One problem in a sentence. A `unit` among its parameters says what its numbers count; `rate` and `burst` are bytes. */
export function problemText({ code, params }: LimitProblem, t: Translate, formats: Formats): string {
  const unit = LIMIT_UNITS.find((one) => one === params["unit"]);
  const words = Object.fromEntries(
    Object.entries(readableParams(t, formats, params)).map(([name, value]) => {
      const number = params[name];
      if (name === "of") return [name, t.dynamic(`limits.capacityOf.${value}`, {}, String(value))];
      if (typeof number !== "number" || name === "count") return [name, value];
      if (name === "line") return [name, String(number)];
      if (unit !== undefined) return [name, amountText(number, unit, t, formats)];
      return [name, name === "rate" || name === "burst" ? formats.bytes(number) : value];
    }),
  );
  return t.dynamic(`limits.problem.${code}`, words, code);
}

/** Problems that have a line, for the editor. */
export function lineMarks(problems: readonly LimitProblem[], t: Translate, formats: Formats): readonly LineMark[] {
  return problems.flatMap((problem) => {
    const { line } = problem.params;
    if (typeof line !== "number" || line < 1) return [];
    return [
      {
        line,
        severity: problem.weight === "stops" ? "error" : "warning",
        text: problemText(problem, t, formats),
      } as const,
    ];
  });
}

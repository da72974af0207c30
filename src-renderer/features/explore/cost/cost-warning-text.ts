import type { CostEstimate } from "../../../../src-shared/api/logs.api.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

type CostWarning = CostEstimate["warnings"][number];

/**
 * Why a run would be dear, in a sentence. The words are the core's keys `logs.cost.<kind>` with its own parameters; sizes and
 * counts among them are written for people.
 */
export function costWarningText({ kind, params }: CostWarning, t: Translate, formats: Formats): string {
  const written = Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value === "string") return [name, value];
      return [name, /bytes/i.test(name) ? formats.bytes(value) : formats.number(value, 1)];
    }),
  );
  return t(`logs.cost.${kind}`, written);
}

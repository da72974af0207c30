import { z } from "zod";

const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

/** `meta/v1 LabelSelector`; `null` selects nothing, an empty one everything. */
export const labelSelectorSchema = z
  .object({
    matchLabels: labels,
    matchExpressions: z
      .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).nullish() }))
      .nullish()
      .transform((value) => value ?? []),
  })
  .nullish();
export type LabelSelector = z.output<typeof labelSelectorSchema>;

/** Whether a selector selects an object with these labels. An operator that is not known selects nothing. */
export function selects(selector: LabelSelector, own: Readonly<Record<string, string>>): boolean {
  if (selector === null || selector === undefined) return false;
  if (Object.entries(selector.matchLabels).some(([key, value]) => own[key] !== value)) return false;
  return selector.matchExpressions.every(({ key, operator, values }) => {
    const value = own[key];
    switch (operator) {
      case "In":
        return value !== undefined && (values ?? []).includes(value);
      case "NotIn":
        return value === undefined || !(values ?? []).includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      default:
        return false;
    }
  });
}

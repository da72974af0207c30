import type { CardinalityReport, LabelChange } from "../../../../src-shared/model/tenants/cardinality.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

/** Why a report is not of everything. Codes of errors are told in their own words. */
export function partialText(
  t: Translate,
  formats: Formats,
  { key, params }: CardinalityReport["partial"][number],
): string {
  const shown = Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (typeof value === "number") {
        return [name, name === "from" || name === "to" ? formats.dateTime(value) : formats.number(value, 1)];
      }
      return [name, name === "code" ? t.dynamic(`app.errorKind.${value}`, {}, value) : withVisibleCharacters(value)];
    }),
  );
  return t.dynamic(`cardinality.partial.${key}`, shown, key);
}

/** `hash · 16`, for a tag. */
export function changeText(t: Translate, change: LabelChange): string {
  const kind = t(`cardinality.change.${change.kind}`);
  return change.kind === "hash" ? `${kind} · ${change.buckets}` : kind;
}

/** What values look like, in words. */
export function shapeText(t: Translate, shape: string | null): string {
  return shape === null ? "" : t.dynamic(`cardinality.shape.${shape}`, {}, shape);
}

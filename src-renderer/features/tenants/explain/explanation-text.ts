import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import type { LimitUnit } from "../../../../src-shared/model/tenants/limit.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { MessageParams, Translate } from "../../../hooks/use-translate.ts";
import { amountText } from "../gauge/limit-text.ts";

const MAX_CHARS = 600;

/** Text of a log: with what it hides made visible, and cut. */
export function quoted(text: string): string {
  const shown = withVisibleCharacters(text.slice(0, MAX_CHARS));
  return text.length > MAX_CHARS ? `${shown}…` : shown;
}

/** A value of an explanation: as it was written, and what that comes to. */
export function valueWords(
  text: string | null,
  number: number | null,
  unit: RefusalExplanation["unit"],
  t: Translate,
  formats: Formats,
): string | null {
  const known = unit === "time" || number === null ? null : amountText(number, unit, t, formats);
  if (text === null) return known;
  const said = quoted(text);
  return known === null || known === said || unit === "none" ? said : `${known} (${said})`;
}

/** Which of an advice's parameters are numbers in the limit's unit. */
const IN_UNIT: ReadonlySet<string> = new Set(["from", "to", "asked", "limit", "value", "used"]);

/** Parameters as a person reads them: numbers by the limit's unit, shares as percent, texts of others quoted. */
export function adviceWords(
  params: MessageParams,
  unit: RefusalExplanation["unit"],
  t: Translate,
  formats: Formats,
): Record<string, string | number> {
  const plain: LimitUnit = unit === "time" ? "none" : unit;
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => {
      if (name === "capacity") return [name, t.dynamic(`limits.capacityReason.${value}`, {}, String(value))];
      if (typeof value === "string") return [name, quoted(value)];
      if (name === "count") return [name, value];
      if (/share$/i.test(name)) return [name, formats.percent(value)];
      if (name.endsWith("Ms")) return [name, formats.duration(value)];
      if (/seconds$/i.test(name)) return [name, formats.duration(value * 1_000)];
      if (/bytesPerSecond$/i.test(name)) return [name, formats.bytesRate(value)];
      if (/bytes$/i.test(name)) return [name, formats.bytes(value)];
      return [name, IN_UNIT.has(name) ? amountText(value, plain, t, formats) : formats.number(value, 2)];
    }),
  );
}

import type { Operation } from "../../src-shared/model/health/operation.ts";
import type { Formats } from "../hooks/formats.ts";
import type { MessageParams, Translate } from "../hooks/use-translate.ts";
import { withVisibleCharacters } from "./control-characters.ts";

type OperationName = { readonly kind: Operation["kind"]; readonly prepared?: boolean };

/** What is done, in two or three words: `Flush an ingester`. */
export function operationName(t: Translate, operation: OperationName): string {
  if (operation.kind === "prepare-shutdown" && operation.prepared === false) return t("operations.kind.unprepare");
  return t(`operations.kind.${operation.kind}`);
}

/**
 * Parameters as a person reads them: a number by the unit that its name ends with (`waitMs`, `ageSeconds`, `sizeBytes`,
 * `ownedShare`, `endsAtMs`), else as a count. Text is of others and shows what it hides; an operation's kind has words of
 * its own. `count` stays a number: it chooses the plural.
 */
export function readableParams(t: Translate, formats: Formats, params: MessageParams): Record<string, string | number> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, readable(t, formats, name, value)]));
}

function readable(t: Translate, formats: Formats, name: string, value: string | number): string | number {
  if (name === "count") return value;
  if (typeof value === "number") return amount(formats, name, value);
  return name === "operation" ? t.dynamic(`operations.kind.${value}`, {}, value) : withVisibleCharacters(value);
}

function amount(formats: Formats, name: string, value: number): string {
  if (/(?:^at|At)Ms$/.test(name)) return formats.time(value);
  if (/(?:^ms|Ms)$/.test(name)) return formats.duration(value);
  if (/(?:^seconds|Seconds)$/.test(name)) return formats.duration(value * 1_000);
  if (/(?:^bytes|Bytes)$/.test(name)) return formats.bytes(value);
  if (/(?:^share|Share)$/.test(name)) return formats.percent(value);
  return formats.number(value, Number.isInteger(value) ? 0 : 2);
}

import type { LimitGauge, OverrideExpiry, TenantLimit } from "../../../../src-shared/model/tenants/board.ts";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import type { EffectiveLimit } from "../limits/effective-limits.ts";
import { printLimit } from "../limits/limit-value.ts";
import type { LimitBook } from "./limit-book.ts";

const MAX_TEXT = 4_000;

/** One limit of a tenant as the door tells it. */
export function tenantLimit(
  effective: EffectiveLimit,
  book: LimitBook,
  defaults: Readonly<Record<string, LimitYaml>> | null,
  gauge: LimitGauge | null,
  expiry: OverrideExpiry | null,
): TenantLimit {
  const { key, limit, value, source, disagrees } = effective;
  const { config } = book;
  const configured = config !== null && Object.hasOwn(config, key) ? (book.common(key)?.value?.text ?? null) : null;
  return {
    key,
    area: limit?.area ?? "others",
    type: limit?.type ?? "string",
    unit: limit?.unit ?? "none",
    value: value === null ? null : bounded(value.text),
    number: value?.number ?? null,
    unlimited: limit?.zero === "unlimited" && value?.number === 0,
    source: value === null ? "unknown" : source,
    builtIn: bounded(builtInText(effective, defaults)),
    configured: configured === null ? null : bounded(configured),
    disagrees: disagrees === null ? null : bounded(disagrees.text),
    choices: limit?.choices === undefined || limit.choices === null ? null : [...limit.choices],
    perTenant: limit?.perTenant ?? true,
    deprecated: limit?.deprecated ?? false,
    gauge,
    discardReason: limit?.discardReason ?? null,
    expiry,
  };
}

/** Of this Loki's defaults where it tells them, else of the table. */
function builtInText({ key, limit }: EffectiveLimit, defaults: Readonly<Record<string, LimitYaml>> | null): string {
  const told = defaults !== null && Object.hasOwn(defaults, key) ? (defaults[key] ?? null) : null;
  if (limit === null) return told === null ? "" : typeof told === "string" ? told : JSON.stringify(told);
  return printLimit(limit, told ?? limit.builtIn);
}

function bounded(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

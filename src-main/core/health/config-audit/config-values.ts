import { z } from "zod";

const mapping = z.record(z.string(), z.unknown());

/** The value at a dotted path; `undefined` where there is none. */
export function configValue(config: unknown, path: string): unknown {
  let at = config;
  for (const key of path.split(".")) {
    const parsed = mapping.safeParse(at);
    if (!parsed.success) return undefined;
    at = parsed.data[key];
  }
  return at;
}

export function configNumber(config: unknown, path: string): number | null {
  const value = configValue(config, path);
  return typeof value === "number" ? value : null;
}

export function configText(config: unknown, path: string): string | null {
  const value = configValue(config, path);
  return typeof value === "string" ? value : null;
}

/** `true`, `false`, or `null` where it is neither. */
export function configFlag(config: unknown, path: string): boolean | null {
  const value = configValue(config, path);
  return typeof value === "boolean" ? value : null;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3_600, m: 60, s: 1, ms: 1e-3 };

/** A duration as Loki prints it (`1d`, `12h0m0s`, `0s`), in seconds; `null` for anything else. */
export function configSeconds(config: unknown, path: string): number | null {
  const text = configText(config, path);
  if (text === null || !/^(?:\d+(?:\.\d+)?(?:ms|[wdhms]))+$/.test(text)) return null;
  let seconds = 0;
  for (const [, count = "0", unit = "s"] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)) {
    seconds += Number(count) * (UNIT_SECONDS[unit] ?? 0);
  }
  return seconds;
}

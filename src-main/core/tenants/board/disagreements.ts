import type { LimitDisagreement } from "../../../../src-shared/model/tenants/board.ts";
import type { LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import type { ScrapeRound } from "../../health/detection/scrape.ts";
import { limitOf } from "../limits/limit-table.ts";
import { readLimit } from "../limits/limit-value.ts";
import { sameLimit, type EffectiveLimit } from "../limits/effective-limits.ts";
import type { RuntimeProblem } from "../limits/runtime-problem.ts";
import type { ComponentConfig } from "./sources/component-configs.ts";

const HASH = /^loki_runtime_config_hash\{.*?sha256="([^"]{1,128})"/;
const RELOADED = "loki_runtime_config_last_reload_successful";
const MOST_NAMES = 10;
const MOST_KEYS = 20;
const HASH_CHARACTERS = 12;

/** Processes by the runtime configuration that they have loaded, and those whose last reload failed. */
export function reloadDisagreements(round: ScrapeRound | null): LimitDisagreement[] {
  const byHash = new Map<string, string[]>();
  const failed = failedReloads(round);
  for (const { instance, series } of round?.scrapes ?? []) {
    // oxlint-disable-next-line guard-for-in -- a scrape's record has no prototype's keys
    for (const key in series) {
      const hash = key.startsWith("loki_runtime_config_hash{") ? HASH.exec(key)?.[1] : undefined;
      if (hash !== undefined && series[key] === 1) byHash.set(hash, [...(byHash.get(hash) ?? []), instance]);
    }
  }
  const groups = [...byHash].toSorted(([, one], [, other]) => other.length - one.length);
  // The largest group is what the others differ from; of two that are as large either may be the newer.
  const others = groups.length < 2 ? [] : groups.slice(1);
  return [
    ...(failed.length === 0 ? [] : [{ kind: "reload-failed" as const, params: { instances: joined(failed) } }]),
    ...others.map(([hash, instances]) => ({
      kind: "hash-differs" as const,
      params: { instances: joined(instances), hash: hash.slice(0, HASH_CHARACTERS) },
    })),
  ];
}

/** Processes that refused the last file they saw. */
export function failedReloads(round: ScrapeRound | null): string[] {
  return (round?.scrapes ?? []).flatMap(({ instance, series }) => {
    const told = Object.keys(series ?? {}).find((key) => key.startsWith(RELOADED));
    return told !== undefined && series?.[told] === 0 ? [instance] : [];
  });
}

/** That the file would not be loaded, by its first refusal. */
export function fileDisagreement(problems: readonly RuntimeProblem[]): LimitDisagreement[] {
  const refused = problems.find(({ severity }) => severity === "refused");
  if (refused === undefined) return [];
  const problem = [refused.code, refused.path, refused.detail].filter((part) => part !== "").join(" ");
  return [{ kind: "file-refused", params: { problem, line: refused.line } }];
}

/** Keys of `limits_config` that components have different values of, against what most of them have. */
export function configDisagreements(configs: readonly ComponentConfig[]): LimitDisagreement[] {
  const keys = new Set(configs.flatMap(({ facts }) => Object.keys(facts.limits ?? {})));
  return [...keys]
    .flatMap((key): LimitDisagreement[] => {
      const having = configs.filter(({ facts }) => facts.limits !== null && Object.hasOwn(facts.limits, key));
      const groups = Map.groupBy(having, ({ facts }) => sameText(key, facts.limits?.[key] ?? null));
      if (groups.size < 2) return [];
      const [, ...others] = [...groups.values()].toSorted((one, other) => other.length - one.length);
      const instances = joined(others.flat().map(({ instance }) => instance));
      return [{ kind: "config-differs", params: { key, instances } }];
    })
    .slice(0, MOST_KEYS);
}

/** Equal for values that come to the same: `168h` and `1w`. */
function sameText(key: string, yaml: LimitYaml): string {
  const limit = limitOf(key);
  const reading = limit === null ? null : readLimit(limit, yaml);
  if (reading?.ok === true) return reading.value.number === null ? reading.value.text : String(reading.value.number);
  return JSON.stringify(yaml);
}

/** Values that a component published for a tenant, and that the files do not give. */
export function heldDisagreements(
  tenant: string,
  limits: readonly EffectiveLimit[],
  instance: string,
): LimitDisagreement[] {
  return limits.flatMap(({ key, value, disagrees }): LimitDisagreement[] => {
    if (value === null || disagrees === null || sameLimit(value, disagrees)) return [];
    const params = { tenant, key, held: short(disagrees.text), written: short(value.text), instance };
    return [{ kind: "held-differs", params }];
  });
}

function short(text: string): string {
  return text.slice(0, 200);
}

function joined(names: readonly string[]): string {
  const sorted = names.toSorted((one, other) => one.localeCompare(other, "en", { numeric: true }));
  const shown = sorted.slice(0, MOST_NAMES).join(", ");
  return sorted.length <= MOST_NAMES ? shown : `${shown}, … (${sorted.length})`;
}

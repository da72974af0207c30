import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import type { LimitValue } from "../../../../src-shared/model/tenants/limit.ts";
import { sameLimit } from "../limits/effective-limits.ts";
import type { RuntimeOverrides } from "../limits/runtime-overrides.ts";

/** One value of one tenant that is not the same in two files; `null` where the tenant has none of its own. */
export interface ChangedValue {
  readonly tenant: string;
  readonly key: string;
  readonly before: LimitValue | null;
  readonly after: LimitValue | null;
}

/** The value that a tenant has of its own in a file. */
export function overrideIn(overrides: RuntimeOverrides, tenant: string, key: string): LimitValue | null {
  return overrides.tenants.get(tenant)?.findLast((each) => each.key === key)?.value ?? null;
}

export function sameOrNone(one: LimitValue | null, other: LimitValue | null): boolean {
  return one === null || other === null ? one === other : sameLimit(one, other);
}

/** Values that differ, in the order of the files. `512KB` and `0.5MB` do not. */
export function changedValues(before: RuntimeOverrides, after: RuntimeOverrides): readonly ChangedValue[] {
  const tenants = new Set([...before.tenants.keys(), ...after.tenants.keys()]);
  return [...tenants].flatMap((tenant) => {
    const old = new Map(before.tenants.get(tenant)?.map(({ key, value }) => [key, value]));
    const now = new Map(after.tenants.get(tenant)?.map(({ key, value }) => [key, value]));
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
      const changed = { tenant, key, before: old.get(key) ?? null, after: now.get(key) ?? null };
      return sameOrNone(changed.before, changed.after) ? [] : [changed];
    });
  });
}

/**
 * Whether two files say the same to whoever hashes what they say: Loki does (dskit `runtimeconfig.Manager` hashes the merged
 * maps), so a comment gives no new hash, and `1h` for `60m` does.
 */
export function saysTheSame(one: string, other: string): boolean {
  const [before, after] = [plainOf(one), plainOf(other)];
  return before !== null && after !== null && isDeepStrictEqual(before.value, after.value);
}

/** Whether all but the overrides of two files says the same. */
export function sameBesidesOverrides(one: string, other: string): boolean {
  const [before, after] = [plainOf(one), plainOf(other)];
  if (before === null || after === null) return false;
  return isDeepStrictEqual(withoutOverrides(before.value), withoutOverrides(after.value));
}

function withoutOverrides(value: unknown): unknown {
  if (!(value instanceof Map)) return new Map();
  const rest = new Map<unknown, unknown>(value);
  rest.delete("overrides");
  return rest;
}

function plainOf(text: string): { readonly value: unknown } | null {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, merge: true, logLevel: "silent" });
  if (document.errors.length > 0) return null;
  try {
    return { value: document.toJS({ mapAsMap: true, maxAliasCount: 10_000 }) };
  } catch (error) {
    // Aliases without an anchor, or too many of them: what it says cannot be told.
    if (error instanceof ReferenceError) return null;
    throw error;
  }
}

import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import { MAX_TENANT_ID_BYTES } from "../../../src-shared/model/tenant-id.ts";

/**
 * The tenant under which each target's rows lie in a capsule: the target's own, or its namespace; followed by its site where
 * another site of the capsule has a tenant of that name, since their rows are not one another's.
 */
export function capsuleTenants(targets: readonly LogTarget[], titles: readonly string[]): readonly string[] {
  const places = targets.map((target, index) => ({ own: ownTenant(target), key: placeOf(target), index }));
  const named = new Map<string, string>();
  return places.map(({ own, key, index }) => {
    const shared = places.some((other) => other.own === own && other.key !== key);
    const wanted = shared ? `${own}.${asTenant(titles[index] ?? "")}`.slice(0, MAX_TENANT_ID_BYTES - 4) : own;
    let name = wanted;
    // Titles may differ in what no tenant's name can hold.
    for (let number = 2; (named.get(name) ?? key) !== key; number++) name = `${wanted}.${number}`;
    named.set(name, key);
    return name;
  });
}

function ownTenant(target: LogTarget): string {
  return target.kind === "pods" ? asTenant(target.namespace) : target.tenant;
}

function placeOf(target: LogTarget): string {
  return target.kind === "archive" ? `archive ${target.archive}` : `${target.kind} ${target.site}`;
}

function asTenant(text: string): string {
  const allowed = text.replace(/[^A-Za-z0-9!\-_.*'()]/g, "_").slice(0, MAX_TENANT_ID_BYTES);
  return /^\.{0,2}$/.test(allowed) ? "_" : allowed;
}

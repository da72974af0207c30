import { z } from "zod";
import { tenantIdProblem, type TenantId } from "../../../src-shared/model/tenant-id.ts";

/** What is read of a Kubernetes Namespace (core/v1). */
export interface NamespaceObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
}

/**
 * Where a namespace's tenant stands. Labels and annotations are as trustworthy as whoever may edit namespaces: where teams
 * may edit their own, only a table is safe.
 */
export const namespaceTenantSourceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("label"), key: z.string().min(1).max(317) }),
  z.strictObject({ kind: z.literal("annotation"), key: z.string().min(1).max(317) }),
  z.strictObject({ kind: z.literal("table"), tenants: z.record(z.string().min(1).max(63), z.string()) }),
]);

export type NamespaceTenantSource = Readonly<z.infer<typeof namespaceTenantSourceSchema>>;

export interface NamespaceTenants {
  readonly byNamespace: ReadonlyMap<string, TenantId>;
  /** Namespaces whose tenant is written down and is no tenant id. They have no tenant. */
  readonly invalid: readonly string[];
}

/**
 * The tenants of namespaces. The first source that says something about a namespace decides, also when what it says is
 * invalid: falling through to the next would let a broken entry of the table be overruled by a label.
 */
export function tenantsOfNamespaces(
  namespaces: readonly NamespaceObject[],
  sources: readonly NamespaceTenantSource[],
): NamespaceTenants {
  const byNamespace = new Map<string, TenantId>();
  const invalid: string[] = [];
  for (const namespace of namespaces) {
    const text = firstSaid(namespace, sources);
    if (text === undefined) continue;
    if (isTenantId(text)) byNamespace.set(namespace.metadata.name, text);
    else invalid.push(namespace.metadata.name);
  }
  return { byNamespace, invalid };
}

function firstSaid(namespace: NamespaceObject, sources: readonly NamespaceTenantSource[]): string | undefined {
  for (const source of sources) {
    const text = said(namespace, source);
    if (text !== undefined) return text;
  }
  return undefined;
}

function said({ metadata }: NamespaceObject, source: NamespaceTenantSource): string | undefined {
  switch (source.kind) {
    case "label":
      return own(metadata.labels, source.key);
    case "annotation":
      return own(metadata.annotations, source.key);
    case "table":
      return own(source.tenants, metadata.name);
  }
}

/** Names come from clusters: `constructor` is a namespace like any other. */
function own(table: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

function isTenantId(text: string): text is TenantId {
  return tenantIdProblem(text) === null;
}

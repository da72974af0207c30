import { z } from "zod";

/** Texts that formats and patterns of the door's schemas take; the first that fits is used. */
const TEXTS = ["x1", "1795168800000000000", "2026-11-20", "https://x.example/", "aGVsbG8gd29ybGQhISEh", '{a="b"}'];

interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly minItems?: number;
}

/**
 * A plain input of a schema, with `tenant` wherever a tenant can be named, also where it may be left out; of a union its
 * first kind. `undefined` where the schema wants nothing. Whether it fits is for the caller to see.
 */
export function sampleInput(schema: z.ZodType, tenant: string): unknown {
  // JSON Schema's own keys, as zod writes them; what is not among those looked at does not matter here.
  const node = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as SchemaNode;
  return schema.safeParse(undefined).success ? undefined : sample(node, "", tenant);
}

function sample(node: SchemaNode, name: string, tenant: string): unknown {
  const [kind] = node.oneOf ?? node.anyOf ?? node.allOf ?? [];
  if (kind !== undefined) return sample(kind, name, tenant);
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined) return node.enum[0];
  switch (String(node.type ?? "string")) {
    case "object":
      return Object.fromEntries(
        Object.entries(node.properties ?? {})
          .filter(([key]) => key === "tenant" || node.required?.includes(key) === true)
          .map(([key, inner]) => [key, sample(inner, key, tenant)]),
      );
    case "array":
      return Array.from({ length: Math.max(1, node.minItems ?? 0) }, () => sample(node.items ?? {}, name, tenant));
    case "string":
      return name === "tenant" || name === "tenants" ? tenant : text(node);
    case "integer":
    case "number":
      return Math.max(1, node.minimum ?? 1);
    case "boolean":
      return false;
    case "null":
      return null;
    default:
      // Several types at once: a text is among them.
      return "x1";
  }
}

function text({ pattern, minLength = 0 }: SchemaNode): string {
  const fits = (one: string) => one.length >= minLength && (pattern === undefined || new RegExp(pattern).test(one));
  return TEXTS.find(fits) ?? "x".repeat(minLength);
}

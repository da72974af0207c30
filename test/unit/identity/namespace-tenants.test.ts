import { describe, expect, it } from "vitest";
import {
  namespaceTenantSourceSchema,
  tenantsOfNamespaces,
  type NamespaceObject,
} from "../../../src-main/core/identity/namespace-tenants.ts";

const KEY = "logs.bank.example/tenant";

function namespace(name: string, label?: string, annotation?: string): NamespaceObject {
  return {
    metadata: {
      name,
      labels: label === undefined ? undefined : { [KEY]: label },
      annotations: annotation === undefined ? undefined : { [KEY]: annotation },
    },
  };
}

describe("tenants of namespaces", () => {
  it("come from a label, an annotation or a table; the first source that says something decides", () => {
    const { byNamespace, invalid } = tenantsOfNamespaces(
      [
        namespace("a", "from-label", "from-note"),
        namespace("b", undefined, "from-note"),
        namespace("c", "x"),
        namespace("d"),
      ],
      [
        { kind: "table", tenants: { c: "from-table", gone: "nobody" } },
        { kind: "label", key: KEY },
        { kind: "annotation", key: KEY },
      ],
    );
    expect(Object.fromEntries(byNamespace)).toEqual({ a: "from-label", b: "from-note", c: "from-table" });
    expect(invalid).toEqual([]);
  });

  it("that are no tenant ids are told, and are not overruled by a later source", () => {
    const { byNamespace, invalid } = tenantsOfNamespaces(
      [namespace("a", "x"), namespace("b", "y|z"), namespace("c", "")],
      [
        { kind: "table", tenants: { a: "p|q" } },
        { kind: "label", key: KEY },
      ],
    );
    expect([...byNamespace]).toEqual([]);
    expect(invalid).toEqual(["a", "b", "c"]);
  });

  it("are not found in what every object has", () => {
    const hostile = ["constructor", "toString", "__proto__"].map((name) => namespace(name));
    const table = namespaceTenantSourceSchema.parse({ kind: "table", tenants: { own: "t" } });
    const label = { kind: "label", key: "constructor" } as const;
    const found = tenantsOfNamespaces([...hostile, namespace("with-labels", "x")], [table, label]);
    expect(found.byNamespace.size).toBe(0);
    expect(found.invalid).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { consoleApi } from "../../src-shared/api/console-api.ts";
import type { ProcedureContract } from "../../src-shared/api/procedure.ts";
import { REACH } from "../builders/door-reach.ts";

const procedures: readonly (readonly [string, ProcedureContract])[] = Object.entries(consoleApi).flatMap(
  ([domain, table]) => Object.entries(table).map(([name, contract]) => [`${domain}.${name}`, contract] as const),
);

/** Inputs whose tenants are words of the caller's own: beside a query they keep, in a file that they upload. */
const OWN_WORDS = ["archives.openUploads", "queries.save"];
const HANDLES = ["set", "job", "archive"];

/** Names of all fields of a schema, at any depth. */
function fieldNames(schema: z.ZodType): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties" && typeof value === "object" && value !== null) {
        for (const name of Object.keys(value)) names.add(name);
      }
      walk(value);
    }
  };
  walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return names;
}

/** How a contract says that it needs all tenants: whatever its input is. */
function needsEvery(contract: ProcedureContract): boolean {
  return contract.tenants?.length === 0;
}

describe("tenants at the door", () => {
  it("of every procedure it is written down what it does for a caller who may see some tenants", () => {
    expect(Object.keys(REACH).sort()).toEqual(procedures.map(([name]) => name).sort());
  });

  it.each(procedures)("%s declares what is written down of it", (name, contract) => {
    const said = new Set((REACH[name] ?? "").split(" "));
    expect({
      every: needsEvery(contract),
      tenants: contract.tenants !== undefined && !needsEvery(contract),
      handle: contract.handles !== undefined,
      reveals: contract.reveals !== undefined,
      masks: contract.masksTenants === true,
    }).toEqual({
      every: said.has("every"),
      tenants: said.has("tenants"),
      handle: said.has("handle"),
      reveals: said.has("reveals"),
      masks: said.has("masks"),
    });
  });

  it("no input names a tenant or a log target without the door's knowing which", () => {
    const open = procedures.filter(([name, contract]) => {
      const names = fieldNames(contract.input);
      const reaches = ["tenant", "tenants", "target"].some((field) => names.has(field));
      return reaches && contract.tenants === undefined && !OWN_WORDS.includes(name);
    });
    expect(open.map(([name]) => name)).toEqual([]);
  });

  it("no input names a result set, a job or an archive without the door's looking whose it is", () => {
    const open = procedures.filter(([, contract]) => {
      const named = HANDLES.some((field) => fieldNames(contract.input).has(field));
      return named && contract.handles === undefined && !needsEvery(contract);
    });
    expect(open.map(([name]) => name)).toEqual([]);
  });

  it("an answer that names tenants in its rows is held back, masked, or about a tenant of the input", () => {
    const open = procedures.filter(([name, contract]) => {
      const names = fieldNames(contract.output);
      const said = (REACH[name] ?? "").split(" ");
      const safe = ["tenants", "every", "handle", "reveals", "masks", "filters", "own"].some((way) =>
        said.includes(way),
      );
      return (names.has("tenant") || names.has("tenants")) && !safe;
    });
    expect(open.map(([name]) => name)).toEqual([]);
  });
});

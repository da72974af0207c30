import { describe, expect, it } from "vitest";
import { z } from "zod";
import { consoleApi } from "../../src-shared/api/console-api.ts";
import type { ProcedureContract } from "../../src-shared/api/procedure.ts";

const procedures: readonly (readonly [string, ProcedureContract])[] = Object.entries(consoleApi).flatMap(
  ([domain, table]) => Object.entries(table).map(([name, contract]) => [`${domain}.${name}`, contract] as const),
);

/**
 * What each procedure does for a caller who may see some tenants only. `tenants`: refused for any other that the input
 * names. `every`: refused. `handle`: refused for what belongs to somebody else. `reveals`: an answer that speaks of others
 * is held back. `masks`: names of others are unreadable in it. `filters`: the handler leaves others' out. `own`: the handler
 * knows the caller's own alone. `shared`: nothing in it is a tenant's.
 */
const REACH: Readonly<Record<string, string>> = {
  "session.hello": "own",
  "session.events": "filters",
  "session.setReadOnly": "every",
  "sites.list": "filters",
  "sites.save": "every",
  "sites.remove": "every",
  "sites.use": "filters",
  "sites.tenants": "filters",
  "sites.components": "shared",
  "sites.doctor": "tenants filters",
  "sites.plugins": "every",
  "sites.confirmPlugin": "every",
  "logs.labels": "tenants handle",
  "logs.labelValues": "tenants handle",
  "logs.series": "tenants handle",
  "logs.detectedFields": "tenants handle",
  "logs.estimate": "tenants handle",
  "logs.volume": "tenants handle",
  "logs.metric": "tenants handle",
  "logs.open": "tenants handle",
  "logs.tail": "tenants handle",
  "logs.stop": "handle",
  "logs.close": "handle",
  "logs.watch": "handle",
  "logs.window": "handle",
  "logs.lineText": "handle",
  "logs.rowAt": "handle",
  "logs.find": "handle",
  "logs.findNext": "handle",
  "logs.filter": "handle",
  "logs.histogram": "handle",
  "logs.fieldStats": "handle",
  "logs.context": "handle",
  "logs.copy": "handle",
  "logs.pods": "tenants handle",
  "archives.list": "filters",
  "archives.describe": "handle",
  "archives.open": "every",
  "archives.beginUpload": "own",
  "archives.uploadPiece": "own",
  "archives.dropUpload": "own",
  "archives.openUploads": "own",
  "archives.close": "handle",
  "archives.import": "handle",
  "archives.verify": "handle",
  "exports.patterns": "shared",
  "exports.start": "tenants handle",
  "exports.selection": "handle",
  "capsules.create": "tenants handle",
  "capsules.describe": "handle",
  "health.watch": "masks",
  "health.changes": "masks",
  "health.topology": "masks",
  "health.mates": "masks",
  "health.rings": "shared",
  "health.instance": "masks",
  "health.evidenceHistory": "masks",
  "health.config": "every",
  "health.auditConfig": "every",
  "health.deleteRequests": "tenants",
  "health.plan": "every",
  "health.applyPlan": "every",
  "health.watchdog": "shared",
  "tenants.watch": "filters reveals masks",
  "tenants.limits": "tenants masks",
  "tenants.runtimeConfig": "every",
  "tenants.plan": "every",
  "tenants.applyPlan": "every",
  "tenants.changes": "every",
  "tenants.explain": "filters reveals masks",
  "tenants.explainDiscards": "tenants masks",
  "usage.ledger": "shared",
  "usage.report": "tenants filters reveals",
  "usage.costliest": "tenants filters reveals",
  "usage.fixes": "tenants filters reveals",
  "usage.collect": "every",
  "usage.exportCosts": "tenants filters",
  "usage.quotas": "filters reveals",
  "usage.setQuota": "every",
  "usage.removeQuota": "every",
  "cardinality.start": "tenants",
  "cardinality.reports": "tenants",
  "cardinality.report": "tenants handle",
  "cardinality.whatIf": "tenants handle",
  "cardinality.growth": "tenants",
  "cardinality.emergency": "tenants handle",
  "cardinality.alertRule": "tenants",
  "queries.list": "own",
  "queries.save": "own",
  "queries.remove": "own",
  "jobs.list": "filters",
  "jobs.get": "handle",
  "jobs.watch": "filters",
  "jobs.pause": "handle",
  "jobs.resume": "handle",
  "jobs.cancel": "handle",
  "jobs.remove": "handle",
  "audit.list": "every",
  "audit.verify": "every",
  "audit.export": "every",
  "settings.list": "shared",
  "settings.set": "every",
  "settings.reset": "every",
  "secrets.list": "shared",
  "secrets.put": "every",
  "secrets.remove": "every",
  "support.bundle": "every",
  "lab.status": "filters",
  "lab.setFault": "every",
};

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

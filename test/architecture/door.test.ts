import { describe, expect, it } from "vitest";
import { consoleApi } from "../../src-shared/api/console-api.ts";
import type { ProcedureContract } from "../../src-shared/api/procedure.ts";
import { PERMISSIONS } from "../../src-shared/permissions/permissions.ts";
import { ROLE_PERMISSIONS } from "../../src-shared/permissions/roles.ts";
import { sourceFiles } from "./source-files.ts";

const procedures: readonly (readonly [string, ProcedureContract])[] = Object.entries(consoleApi).flatMap(
  ([domain, table]) => Object.entries(table).map(([name, contract]) => [`${domain}.${name}`, contract] as const),
);

/** Procedures anyone may call who got through the shell's door: they say who one is. */
const PUBLIC = ["session.hello", "session.events"];

describe("the door", () => {
  it.each(procedures)("%s has a permission and an audit class that fit its kind", (name, contract) => {
    if (contract.permission === "public") expect(PUBLIC).toContain(name);
    else expect(PERMISSIONS).toContain(contract.permission);
    expect(["none", "access", "change", "security"]).toContain(contract.audit);
    if (contract.kind !== "command") expect(["none", "access"]).toContain(contract.audit);
  });

  it("a command that leaves no audit entry only handles the caller's own rows and uploads", () => {
    const silent = procedures
      .filter(([, { kind, audit }]) => kind === "command" && audit === "none")
      .map(([name]) => name);
    expect(silent.sort()).toEqual([
      "archives.close",
      "archives.dropUpload",
      "archives.uploadPiece",
      "logs.close",
      "logs.filter",
      "logs.stop",
    ]);
  });

  it("every permission is somebody's, and an administrator has them all", () => {
    expect([...ROLE_PERMISSIONS.admin].sort()).toEqual([...PERMISSIONS].sort());
    const used = new Set(procedures.map(([, { permission }]) => permission));
    // Some are asked for behind a procedure, or by a command that the window has nothing of.
    const core = sourceFiles("src-main/{core,cli}/**/*.ts");
    const asked = (permission: string) => core.some(({ text }) => text.includes(`"${permission}"`));
    expect(PERMISSIONS.filter((permission) => !used.has(permission) && !asked(permission))).toEqual([]);
  });

  it("no output carries a secret's value", () => {
    const shapes = procedures.map(
      ([name, { output }]) =>
        [name, JSON.stringify(Object.keys("shape" in output ? Object(output.shape) : {}))] as const,
    );
    expect(shapes.filter(([, keys]) => /"(value|password|token)"/.test(keys)).map(([name]) => name)).toEqual([
      // The value of a limit.
      "tenants.explainDiscards",
      "settings.set",
      "settings.reset",
    ]);
  });
});

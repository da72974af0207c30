import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import type { TenantNeed } from "../../../src-shared/api/procedure.ts";
import { archiveIdSchema, siteIdSchema } from "../../../src-shared/model/ids.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Caller } from "../../../src-main/rpc/call-context.ts";
import { covers, handleRights } from "../../../src-main/rpc/handle-rights.ts";
import { localCaller } from "../../../src-main/rpc/local-caller.ts";

const site = siteIdSchema.parse("prod");
const archive = archiveIdSchema.parse("a1");

function person(principal: string, ...tenants: readonly string[]): Caller {
  // Names of the test's own.
  const listed = new Set(tenants as TenantId[]);
  return {
    ...localCaller(principal, "operator", "browser"),
    key: principal,
    tenants: { kind: "listed", tenants: listed },
  };
}

const loki = (tenant: string): LogTarget => ({ kind: "loki", site, tenant: tenant as TenantId });
const ofArchive: LogTarget = { kind: "archive", archive, tenant: "any" as TenantId };

function rightsTo(things: {
  readonly set?: { readonly owner: string; readonly target: LogTarget };
  readonly job?: { readonly principal: string; readonly tenants: TenantNeed };
  readonly archiveOwner?: string | null;
}) {
  const rights = handleRights({
    resultSet: () => things.set ?? null,
    job: () => things.job ?? null,
    archiveOwner: () => things.archiveOwner,
  });
  return (kind: Parameters<typeof rights>[0]["kind"], caller: Caller) => rights({ kind, id: "x" }, caller);
}

describe("a result set", () => {
  it("is its owner's while its tenant is, and nobody else's of the same tenant", () => {
    const rights = rightsTo({ set: { owner: "li", target: loki("cards") } });
    expect(rights("result-set", person("li", "cards"))).toBe("granted");
    expect(rights("result-set", person("li", "payments"))).toBe("refused");
    expect(rights("result-set", person("bo", "cards"))).toBe("refused");
    expect(rightsTo({})("result-set", person("li", "cards"))).toBe("unknown");
  });

  it("of pods is out of reach once its owner may not see every tenant, and one of an archive once that is another's", () => {
    const pods: LogTarget = { kind: "pods", site, namespace: "loki" };
    expect(rightsTo({ set: { owner: "li", target: pods } })("result-set", person("li", "cards"))).toBe("refused");
    const ofUpload = (archiveOwner: string | null) =>
      rightsTo({ set: { owner: "li", target: ofArchive }, archiveOwner });
    expect(ofUpload("li")("result-set", person("li"))).toBe("granted");
    expect(ofUpload("bo")("result-set", person("li"))).toBe("refused");
    expect(ofUpload(null)("result-set", person("li"))).toBe("refused");
  });
});

describe("a job", () => {
  it("is seen by its owner and by who may see all of its tenants, and taken up again only by who may see them still", () => {
    const rights = rightsTo({ job: { principal: "li", tenants: ["cards", "payments"] } });
    expect(rights("job", person("li"))).toBe("granted");
    expect(rights("job-run", person("li"))).toBe("refused");
    expect(rights("job-run", person("li", "cards", "payments"))).toBe("granted");
    expect(rights("job", person("mei", "cards", "payments", "more"))).toBe("granted");
    expect(rights("job", person("bo", "cards"))).toBe("refused");
    const shared = rightsTo({ job: { principal: "li", tenants: "every" } });
    expect(shared("job", person("bo", "cards"))).toBe("refused");
    expect(shared("job-run", person("li"))).toBe("granted");
  });
});

describe("a scope", () => {
  it("covers a need when it has each of its tenants letter by letter, and never all of them but by saying so", () => {
    const names = fc.array(fc.constantFrom("a", "b", "A", "a|b", "", "c-1"), { maxLength: 4 });
    fc.assert(
      fc.property(names, names, (own, need) => {
        const { tenants } = person("li", ...own);
        const valid = (name: string) => name !== "" && !name.includes("|");
        expect(covers(tenants, need)).toBe(need.every((name) => own.includes(name) && valid(name)));
        expect(covers(tenants, "every")).toBe(false);
        expect(covers({ kind: "every" }, need)).toBe(true);
      }),
    );
  });
});

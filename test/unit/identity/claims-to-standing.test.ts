import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { VerifiedToken } from "../../../src-main/core/identity/bearer-token.ts";
import { parseClaimMapping } from "../../../src-main/core/identity/claim-mapping.ts";
import { claimsToStanding } from "../../../src-main/core/identity/claims-to-standing.ts";
import { tenantsOfNamespaces } from "../../../src-main/core/identity/namespace-tenants.ts";
import { mayUseTenant, requireTenant } from "../../../src-main/core/identity/tenant-scope.ts";
import { ROLES } from "../../../src-shared/permissions/roles.ts";

function tokenWith(claims: Record<string, unknown>): VerifiedToken {
  return { issuer: "https://id.bank.example", subject: "u-1", expiresAtMs: 1_000, claims };
}

const mapping = parseClaimMapping({
  roles: [
    { claim: "realm_access.roles", value: "console-admin", role: "admin" },
    { claim: "realm_access.roles", value: "console-operator", role: "operator" },
    { claim: ["https://bank.example/groups"], value: "audit", role: "auditor" },
    { claim: "groups", value: "everybody", role: "viewer" },
  ],
  tenants: [
    { kind: "exact", claim: "groups", value: "payments-sre", tenants: ["payments", "payments-dr"] },
    { kind: "named-tenant", claim: "groups", prefix: "/loki/" },
    { kind: "named-tenant", claim: "loki.tenants", prefix: "" },
    { kind: "named-namespace", claim: "groups", prefix: "ns:" },
    { kind: "every-tenant", claim: "groups", value: "platform" },
  ],
});

const { byNamespace } = tenantsOfNamespaces(
  [
    { metadata: { name: "cards-prod", labels: { "bank.example/tenant": "cards" } } },
    { metadata: { name: "treasury" } },
  ],
  [{ kind: "label", key: "bank.example/tenant" }],
);

function tenantsOf(claims: Record<string, unknown>): readonly string[] {
  const { tenants } = claimsToStanding(tokenWith({ groups: ["everybody"], ...claims }), mapping, byNamespace);
  if (tenants.kind === "every") throw new Error("every tenant");
  return [...tenants.tenants].sort();
}

describe("claims", () => {
  it("give the role of the first rule that fits, at any depth and under names with dots", () => {
    const role = (claims: Record<string, unknown>) => claimsToStanding(tokenWith(claims), mapping).role;
    expect(role({ realm_access: { roles: ["console-operator", "console-admin"] } })).toBe("admin");
    expect(role({ realm_access: { roles: ["console-operator"] }, groups: ["everybody"] })).toBe("operator");
    expect(role({ "https://bank.example/groups": "audit" })).toBe("auditor");
    expect(role({ groups: "everybody" })).toBe("viewer");
  });

  it("name a principal that is one person's alone: a subject and its issuer, or a claim that an admin chose", () => {
    const by = (principal: string, claims: Record<string, unknown>) =>
      claimsToStanding(tokenWith({ groups: "everybody", ...claims }), { ...mapping, principal: [principal] }).principal;
    const { issuer, subject } = tokenWith({});
    const where = issuer.replace("https://", "");
    expect(by("sub", { preferred_username: "root" })).toBe(`${subject} (${where})`);
    expect(by("email", { email: "li@bank.example" })).toBe(`li@bank.example (${where})`);
    for (const email of [
      undefined,
      "",
      ["a", "b"],
      ["li", 7, "x"],
      { a: 1 },
      "li\u202e",
      " li",
      "li\n",
      "x".repeat(256),
    ]) {
      expect(() => by("email", { email }), JSON.stringify(email)).toThrow("identity.token-refused");
    }
  });

  it("that no rule names give no entry", () => {
    const refused: readonly Record<string, unknown>[] = [
      {},
      { realm_access: null },
      { realm_access: ["console-admin"] },
      { realm_access: { roles: { "console-admin": true } } },
      { realm_access: { roles: [["console-admin"], { value: "console-admin" }, true] } },
      { realm_access: { roles: "console-admin console-operator" } },
      { "realm_access.roles": ["console-admin"] },
      { realm_access: { roles: ["Console-Admin", "console-admin ", "console-admin\u200b", "console-admins"] } },
      { role: "admin", roles: ["admin"] },
    ];
    for (const claims of refused) {
      expect(() => claimsToStanding(tokenWith(claims), mapping)).toThrow(
        expect.objectContaining({ code: "identity.no-role" }),
      );
    }
  });

  it("add up to tenants: by exact value, by prefix, by a list of their own, by namespace", () => {
    expect(tenantsOf({})).toEqual([]);
    expect(tenantsOf({ groups: ["everybody", "payments-sre"] })).toEqual(["payments", "payments-dr"]);
    expect(tenantsOf({ groups: ["everybody", "/loki/cards", "/loki/cards", "/Loki/treasury"] })).toEqual(["cards"]);
    expect(tenantsOf({ loki: { tenants: ["fraud", 7, null] } })).toEqual(["fraud"]);
    expect(tenantsOf({ groups: ["everybody", "ns:cards-prod", "ns:treasury", "ns:gone"] })).toEqual(["cards"]);
  });

  it("cannot smuggle a second tenant, a path or a header in with one value", () => {
    const hostile = ["a|b", "a/b", "../b", "..", "", "a b", "a\r\nX-Scope-OrgID: b", "a,b", "b\u0000", "ｂ"];
    expect(tenantsOf({ groups: ["everybody", ...hostile.map((text) => `/loki/${text}`)] })).toEqual([]);
    expect(tenantsOf({ loki: { tenants: hostile } })).toEqual([]);
  });

  it("give every tenant only by a rule that says so, and not by being admin", () => {
    const admin = claimsToStanding(tokenWith({ realm_access: { roles: ["console-admin"] } }), mapping);
    expect(mayUseTenant(admin, "payments")).toBe(false);
    const platform = claimsToStanding(tokenWith({ groups: ["everybody", "platform"] }), mapping);
    expect(platform.tenants).toEqual({ kind: "every" });
    expect(mayUseTenant(platform, "payments")).toBe(true);
    expect(mayUseTenant(platform, "payments|cards")).toBe(false);
  });

  it("with ten thousand tenants are refused whole, unless the mapping allows as many", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `t-${index}`);
    expect(() => tenantsOf({ loki: { tenants: many } })).toThrow(
      expect.objectContaining({ code: "identity.too-many-values", params: { limit: 5_000 } }),
    );
    const wide = claimsToStanding(tokenWith({ groups: ["everybody"], loki: { tenants: many } }), {
      ...mapping,
      maxValues: 10_000,
    });
    expect(mayUseTenant(wide, "t-9999")).toBe(true);
    expect(mayUseTenant(wide, "t-10000")).toBe(false);
  });

  it("of the prototype are no claims", () => {
    const inherited = Object.create({ groups: ["everybody", "platform"] }) as Record<string, unknown>;
    expect(() => claimsToStanding(tokenWith(inherited), mapping)).toThrow();
    const odd = parseClaimMapping({
      roles: [{ claim: "groups", value: "everybody", role: "viewer" }],
      tenants: [{ kind: "named-tenant", claim: "constructor.name", prefix: "" }],
    });
    expect(claimsToStanding(tokenWith({ groups: ["everybody"] }), odd).tenants).toEqual({
      kind: "listed",
      tenants: new Set(),
    });
  });

  it("give a name that cannot disguise itself, and the subject without one", () => {
    const name = (text: unknown) =>
      claimsToStanding(tokenWith({ groups: ["everybody"], preferred_username: text }), mapping).name;
    expect(name("li.wei")).toBe("li.wei");
    expect(name("\u202eadmin\u200b\n")).toBe("admin");
    expect(name("x".repeat(5_000))).toHaveLength(200);
    for (const none of [undefined, "", " \u200b", 7, ["a", "b"]]) expect(name(none)).toBe("u-1");
  });
});

describe("a claim mapping", () => {
  it("with anything misspelt, unknown or unsafe is refused, with the place of it", () => {
    const roles = [{ claim: "groups", value: "a", role: "viewer" }];
    const wrong: readonly [unknown, string][] = [
      [{ roles: [], tenants: [] }, "roles"],
      [{ roles, tenants: [], tenant: [] }, ""],
      [{ roles: [{ claim: "groups", value: "a", role: "root" }], tenants: [] }, "roles.0.role"],
      [{ roles: [{ claim: "", value: "a", role: "viewer" }], tenants: [] }, "roles.0.claim"],
      [{ roles: [{ claim: "a..b", value: "a", role: "viewer" }], tenants: [] }, "roles.0.claim.1"],
      [{ roles, tenants: [{ kind: "exact", claim: "g", value: "v", tenants: ["a|b"] }] }, "tenants.0.tenants.0"],
      [{ roles, tenants: [{ kind: "every-tenant", claim: "g" }] }, "tenants.0.value"],
      [{ roles, tenants: [{ kind: "every-tenant", claim: "g", value: "" }] }, "tenants.0.value"],
    ];
    for (const [value, field] of wrong) {
      expect(() => parseClaimMapping(value)).toThrow(
        expect.objectContaining({
          code: "identity.config-invalid",
          params: expect.objectContaining({ field }) as unknown,
        }),
      );
    }
  });
});

describe("stepping across to another tenant", () => {
  const id = fc.stringMatching(/^[A-Za-z0-9!\-_.*'()]{1,20}$/).filter((text) => text !== "." && text !== "..");
  const own = fc.uniqueArray(id, { maxLength: 8 });

  it("is refused for every text that is not letter by letter one's own", () => {
    fc.assert(
      fc.property(own, fc.oneof(id, fc.string({ unit: "binary" }), fc.string()), (tenants, wanted) => {
        const identity = claimsToStanding(tokenWith({ groups: ["everybody"], loki: { tenants } }), mapping);
        expect(mayUseTenant(identity, wanted)).toBe(tenants.includes(wanted));
      }),
    );
  });

  it("is refused for everything that is made of one's own tenants and of others", () => {
    const edits = [
      (mine: string, other: string) => `${mine}|${other}`,
      (mine: string, other: string) => `${other}|${mine}`,
      (mine: string) => `${mine}|${mine}`,
      (mine: string, other: string) => `${mine}${other}`,
      (mine: string, other: string) => `${mine}/../${other}`,
      (mine: string, other: string) => `${mine}\r\nX-Scope-OrgID: ${other}`,
      (mine: string, other: string) => `${mine},${other}`,
      (mine: string) => `${mine} `,
      (mine: string) => ` ${mine}`,
      (mine: string) => `${mine}\u0000`,
      (mine: string) => mine.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
      (mine: string) => mine.replaceAll(/[!-~]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) + 0xfee0)),
    ];
    fc.assert(
      fc.property(own, id, fc.constantFrom(...edits), (tenants, other, edit) => {
        fc.pre(tenants.length > 0 && !tenants.includes(other));
        const identity = claimsToStanding(tokenWith({ groups: ["everybody"], loki: { tenants } }), mapping);
        for (const mine of tenants) {
          const wanted = edit(mine, other);
          if (tenants.includes(wanted)) continue;
          expect(mayUseTenant(identity, wanted)).toBe(false);
          expect(() => requireTenant(identity, wanted)).toThrow(
            expect.objectContaining({ code: "identity.tenant-refused", params: { tenant: wanted.slice(0, 150) } }),
          );
          expect(requireTenant(identity, mine)).toBe(mine);
        }
      }),
    );
  });

  it("is not possible by any claims at all that no rule names", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(...ROLES), (claims, role) => {
        const narrow = parseClaimMapping({
          roles: [{ claim: ["\u0000role"], value: "yes", role }],
          tenants: [{ kind: "named-tenant", claim: ["\u0000tenants"], prefix: "t-" }],
        });
        fc.pre(!Object.hasOwn(claims, "\u0000tenants") && !Object.hasOwn(claims, "\u0000role"));
        const identity = claimsToStanding(tokenWith({ ...claims, "\u0000role": "yes" }), narrow);
        expect(identity.tenants).toEqual({ kind: "listed", tenants: new Set() });
        expect(() => claimsToStanding(tokenWith(claims), narrow)).toThrow();
      }),
    );
  });
});

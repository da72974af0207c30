import { AppError } from "../../../src-shared/errors/app-error.ts";
import { tenantIdProblem, type TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Role } from "../../../src-shared/permissions/roles.ts";
import type { VerifiedToken } from "./bearer-token.ts";
import type { ClaimMapping, TenantRule } from "./claim-mapping.ts";
import { claimValues, type ClaimPath } from "./claim-path.ts";
import { tokenRefused } from "./refusals.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** Somebody who is signed in, as the console sees them. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** `ada (login.bank.example/realms/staff)`: one person alone, also among those of other issuers and those who never signed in. */
  readonly principal: string;
  /** For people to read; the subject where the claims have no name. Two people may have the same. */
  readonly name: string;
  readonly role: Role;
  readonly tenants: TenantScope;
  /** Until when the token holds. */
  readonly expiresAtMs: number;
}

const MAX_NAME_CHARACTERS = 200;
/** As many as a subject may have. */
const MAX_PRINCIPAL_CHARACTERS = 255;

/**
 * Makes an identity of a verified token. What no rule grants is denied. `tenantsByNamespace` is what
 * `tenantsOfNamespaces` found; without it, rules by namespace grant nothing. Throws `identity.no-role` and
 * `identity.too-many-values`.
 */
export function claimsToStanding(
  token: VerifiedToken,
  mapping: ClaimMapping,
  tenantsByNamespace: ReadonlyMap<string, TenantId> = new Map(),
): Identity {
  const read = cachedReader(token, mapping.maxValues);
  const role = mapping.roles.find(({ claim, value }) => read(claim).has(value))?.role;
  if (role === undefined) throw new AppError("identity.no-role", {});
  const { issuer, subject, expiresAtMs } = token;
  const name = plainName(claimValues(token.claims, mapping.name, 1)?.[0] ?? "") || subject;
  const tenants = tenantScope(mapping.tenants, read, tenantsByNamespace);
  const principal = principalOf(token, mapping);
  return { issuer, subject, principal, name, role, tenants, expiresAtMs };
}

/** A claim that is missing, no single text, or not as it looks makes nobody: two people must never become one. */
function principalOf({ claims, subject, issuer }: VerifiedToken, mapping: ClaimMapping): string {
  const [value = "", ...more] = claimValues({ ...claims, sub: subject }, mapping.principal, 2) ?? ["", ""];
  if (value === "" || more.length > 0 || value.length > MAX_PRINCIPAL_CHARACTERS || visible(value) !== value)
    throw tokenRefused("claims");
  return `${value} (${issuer.replace(/^https?:\/\//, "").replace(/\/$/, "")})`;
}

type ReadClaim = (path: ClaimPath) => ReadonlySet<string>;

function tenantScope(
  rules: readonly TenantRule[],
  read: ReadClaim,
  tenantsByNamespace: ReadonlyMap<string, TenantId>,
): TenantScope {
  if (rules.some((rule) => rule.kind === "every-tenant" && read(rule.claim).has(rule.value))) return { kind: "every" };
  return { kind: "listed", tenants: new Set(rules.flatMap((rule) => granted(rule, read, tenantsByNamespace))) };
}

function granted(
  rule: TenantRule,
  read: ReadClaim,
  tenantsByNamespace: ReadonlyMap<string, TenantId>,
): readonly TenantId[] {
  switch (rule.kind) {
    case "every-tenant":
      return [];
    case "exact":
      return read(rule.claim).has(rule.value) ? rule.tenants : [];
    case "named-tenant":
      return names(read(rule.claim), rule.prefix).filter(isTenantId);
    case "named-namespace":
      return names(read(rule.claim), rule.prefix).flatMap((namespace) => tenantsByNamespace.get(namespace) ?? []);
  }
}

function names(values: ReadonlySet<string>, prefix: string): readonly string[] {
  return [...values].filter((value) => value.startsWith(prefix)).map((value) => value.slice(prefix.length));
}

function isTenantId(text: string): text is TenantId {
  return tenantIdProblem(text) === null;
}

/** A thousand rules over one claim of thousands of groups must not read it a thousand times. */
function cachedReader(token: VerifiedToken, maxValues: number): ReadClaim {
  const known = new Map<string, ReadonlySet<string>>();
  return (path) => {
    const key = JSON.stringify(path);
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const values = claimValues(token.claims, path, maxValues);
    if (values === null) throw new AppError("identity.too-many-values", { limit: maxValues });
    const found = new Set(values);
    known.set(key, found);
    return found;
  };
}

function plainName(text: string): string {
  return visible(text).slice(0, MAX_NAME_CHARACTERS);
}

/** A name is shown beside other people's: nothing invisible in it, nothing that turns the text around. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim();
}

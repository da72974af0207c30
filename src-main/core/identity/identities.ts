import { randomBytes } from "node:crypto";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Clock } from "../common/clock.ts";
import { verifyToken, type TokenRules, type VerifiedToken } from "./bearer-token.ts";
import type { ClaimMapping } from "./claim-mapping.ts";
import { claimsToStanding, type Identity } from "./claims-to-standing.ts";
import { CALLBACK_PATH, configInvalid, type IdentityConfig } from "./identity-config.ts";
import type { IdentityHttp } from "./identity-http.ts";
import { IssuerKeys } from "./issuer-keys.ts";
import type { LoadedIdentity } from "./load-identity-config.ts";
import type { NamespaceDirectory } from "./namespace-directory.ts";
import { OidcSignIn } from "./oidc-sign-in.ts";
import { PublishedKeys, type TokenKeys } from "./token-keys.ts";

/** A way to be known. `verify` says that a token holds, `standing` what it is worth here. */
export interface BearerWay {
  verify(token: string, signal: AbortSignal): Promise<VerifiedToken>;
  standing(token: VerifiedToken, signal: AbortSignal): Promise<Identity>;
}

export interface SignInWay {
  /** What people call the provider. */
  readonly name: string;
  /** By which `Host` browsers must come, or the way back leads to another console's cookies. */
  readonly host: string;
  begin(preSessionId: string, signal: AbortSignal): Promise<URL>;
  finish(preSessionId: string, query: URLSearchParams, signal: AbortSignal): Promise<VerifiedToken>;
  standing(token: VerifiedToken, signal: AbortSignal): Promise<Identity>;
}

/** The ways into a console that serves browsers. */
export interface Identities {
  readonly startLinks: boolean;
  readonly signIn: SignInWay | null;
  readonly bearer: BearerWay | null;
}

export interface IdentityParts {
  readonly http: IdentityHttp;
  readonly clock: Clock;
  /** `null` without rules by namespace. */
  readonly namespaces: NamespaceDirectory | null;
}

/**
 * The ways of a configuration. `origin` is where browsers reach the console: `https://console.example`. Throws
 * `identity.config-invalid` and `identity.provider-unfit`.
 */
export function openIdentities(
  { config, clientSecret }: LoadedIdentity,
  parts: IdentityParts,
  origin: string,
): Identities {
  return {
    startLinks: config.startLinks,
    signIn: signInWay(config, clientSecret, parts, origin),
    bearer: bearerWay(config, parts),
  };
}

function signInWay(
  { oidc, claims }: IdentityConfig,
  clientSecret: string | null,
  parts: IdentityParts,
  origin: string,
): SignInWay | null {
  if (oidc === undefined) return null;
  const { name, clientId, issuer, algorithms, scopes, clockSkewSeconds } = oidc;
  const redirectUri = oidc.redirectUri ?? `${origin}${CALLBACK_PATH}`;
  const signIn = new OidcSignIn({
    client: { clientId, clientSecret, redirectUri },
    rules: { issuer, algorithms, clockSkewMs: clockSkewSeconds * 1_000, maxTokenBytes: 65_536 },
    scopes,
    http: parts.http,
    clock: parts.clock,
    randomBytes,
  });
  return {
    name,
    host: new URL(redirectUri).host,
    begin: (preSessionId, signal) => signIn.begin(preSessionId, signal),
    finish: (preSessionId, query, signal) => signIn.finish(preSessionId, query, signal),
    standing: standingBy(claims, parts),
  };
}

function bearerWay({ bearer, claims }: IdentityConfig, parts: IdentityParts): BearerWay | null {
  if (bearer === undefined) return null;
  const { issuer, audiences, algorithms, clockSkewSeconds, maxTokenBytes, type, keysUrl } = bearer;
  const { http, clock } = parts;
  const rules: TokenRules = {
    issuer,
    audiences,
    algorithms,
    clockSkewMs: clockSkewSeconds * 1_000,
    maxTokenBytes,
    ...(type === undefined ? {} : { type }),
  };
  const keys: TokenKeys =
    keysUrl === undefined
      ? new IssuerKeys({ issuer, http, clock })
      : new PublishedKeys({ url: new URL(keysUrl), http, clock });
  return {
    verify: (token, signal) => verifyToken(token, rules, keys, clock, signal),
    standing: standingBy(bearer.claims ?? claims, parts),
  };
}

function standingBy(mapping: ClaimMapping | undefined, { namespaces }: IdentityParts): BearerWay["standing"] {
  if (mapping === undefined) throw configInvalid("claims", "is needed");
  const byNamespace = mapping.tenants.some(({ kind }) => kind === "named-namespace");
  if (byNamespace && namespaces === null) throw configInvalid("namespaces", "is needed");
  return async (token, signal) => {
    const tenants: ReadonlyMap<string, TenantId> =
      byNamespace && namespaces !== null ? await namespaces.tenantsByNamespace(signal) : new Map();
    return claimsToStanding(token, mapping, tenants);
  };
}

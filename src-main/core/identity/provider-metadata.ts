import { z } from "zod";
import { getJson, isLoopbackHttp, isProtected, type FetchLimits, type IdentityHttp } from "./identity-http.ts";
import { providerUnavailable, providerUnfit } from "./refusals.ts";

/** What a sign-in needs of a provider. Every address was checked. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: URL;
  readonly tokenEndpoint: URL;
  readonly keysUrl: URL;
  /** How a client with a secret shows it at the token endpoint. */
  readonly secretIn: "header" | "form";
  /** The way back names the issuer (RFC 9207), and one that does not is refused. */
  readonly namesIssuer: boolean;
}

/** OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2, for PKCE's methods. */
const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  token_endpoint_auth_methods_supported: z.array(z.string()).nullish(),
  code_challenge_methods_supported: z.array(z.string()).nullish(),
  authorization_response_iss_parameter_supported: z.boolean().nullish(),
});

export const METADATA_LIMITS: FetchLimits = { maxBytes: 262_144, timeoutMs: 5_000 };

/**
 * Where an issuer's document lies (OpenID Connect Discovery 1.0, section 4). Rejects with `identity.provider-unfit` for an
 * issuer that is neither https nor this machine, or has a query, a fragment or a password.
 */
export function metadataUrl(issuer: string): URL {
  const url = URL.parse(issuer);
  if (url === null || !isProtected(url)) throw providerUnfit("the issuer is no https address");
  if (issuer.includes("?") || issuer.includes("#")) throw providerUnfit("the issuer has a query or fragment");
  return new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
}

/** Reads the issuer's document. Rejects with `identity.provider-unfit` or `identity.provider-unavailable`. */
export async function readProviderMetadata(
  issuer: string,
  http: IdentityHttp,
  limits: FetchLimits,
  signal: AbortSignal,
): Promise<ProviderMetadata> {
  const url = metadataUrl(issuer);
  const parsed = metadataSchema.safeParse(await getJson(http, url, limits, signal));
  if (!parsed.success) throw providerUnavailable(`${url.host} answered with something that is no discovery document`);
  const found = parsed.data;
  // A document that speaks for another issuer would make us take that one's tokens (section 4.3).
  if (found.issuer !== issuer) throw providerUnfit("the discovery document is of another issuer");
  const challenges = found.code_challenge_methods_supported ?? ["S256"];
  if (!challenges.includes("S256")) throw providerUnfit("the provider does not offer PKCE with S256");
  const methods = found.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const endpoint = (name: string, text: string) => endpointUrl(name, text, url);
  return {
    issuer,
    authorizationEndpoint: endpoint("authorization_endpoint", found.authorization_endpoint),
    tokenEndpoint: endpoint("token_endpoint", found.token_endpoint),
    keysUrl: endpoint("jwks_uri", found.jwks_uri),
    secretIn: methods.includes("client_secret_basic") ? "header" : "form",
    namesIssuer: found.authorization_response_iss_parameter_supported ?? false,
  };
}

/** Plain HTTP to this machine is for a provider on this machine alone: no other one may send us to our own ports. */
function endpointUrl(name: string, text: string, issuer: URL): URL {
  const url = URL.parse(text);
  const fits = url !== null && isProtected(url) && (!isLoopbackHttp(url) || isLoopbackHttp(issuer));
  if (!fits || url.hash !== "") throw providerUnfit(`${name} is no https address`);
  return url;
}

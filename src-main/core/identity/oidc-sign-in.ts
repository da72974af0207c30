import { createHash } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../common/clock.ts";
import { verifyToken, type TokenRules, type VerifiedToken } from "./bearer-token.ts";
import { CachedDocument, DEFAULT_CACHE_TIMES, type CacheTimes } from "./cached-document.ts";
import { isProtected, type IdentityHttp } from "./identity-http.ts";
import { PendingSignIns } from "./pending-sign-ins.ts";
import { METADATA_LIMITS, metadataUrl, readProviderMetadata, type ProviderMetadata } from "./provider-metadata.ts";
import { providerUnfit, signInRefused, tokenRefused } from "./refusals.ts";
import { readCallback, signInDenied } from "./sign-in-callback.ts";
import { exchangeCode, type OidcClient } from "./token-exchange.ts";
import { PublishedKeys } from "./token-keys.ts";

export interface OidcSignInOptions {
  readonly client: OidcClient;
  /** Whose tokens are taken; an id token's audience is always the client. */
  readonly rules: Omit<TokenRules, "audiences" | "type">;
  /** Beside `openid`: what makes the provider put roles and groups into the id token. */
  readonly scopes: readonly string[];
  readonly http: IdentityHttp;
  readonly clock: Clock;
  /** Cryptographically random bytes. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly times?: CacheTimes;
}

interface Provider {
  readonly metadata: ProviderMetadata;
  readonly keys: PublishedKeys;
}

/** OpenID Connect Core 1.0, section 3.1.3.7, of the claims that `verifyToken` leaves open. */
const idTokenSchema = z.object({
  nonce: z.string().optional(),
  azp: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]),
});

/**
 * Sign-in by authorization code with PKCE. `begin` sends the browser to the provider, `finish` takes what it comes back
 * with. Both are given the id of the browser's pre-session: 256 random bits in a cookie that is set before `begin` and
 * replaced by a new session after `finish`, so that nobody can be made to sign in as somebody else. That cookie must be
 * `SameSite=Lax`: the way back is a navigation from another site. The provider's tokens stay here; only claims leave.
 */
export class OidcSignIn {
  readonly #options: OidcSignInOptions;
  readonly #pending: PendingSignIns;
  readonly #providers: CachedDocument<Provider>;

  /** Throws `identity.provider-unfit` when the issuer or the redirect URI is neither https nor on this machine. */
  constructor(options: OidcSignInOptions) {
    const redirect = URL.parse(options.client.redirectUri);
    if (redirect === null || !isProtected(redirect)) throw providerUnfit("the redirect URI is no https address");
    metadataUrl(options.rules.issuer);
    const { clock, times = DEFAULT_CACHE_TIMES } = options;
    this.#options = options;
    this.#pending = new PendingSignIns(clock);
    let last: Provider | null = null;
    const fetch = async () => {
      last = await fetchProvider(options, last);
      return last;
    };
    this.#providers = new CachedDocument(fetch, clock, times);
  }

  /** Where to send the browser. Rejects with `identity.provider-unavailable` or `identity.provider-unfit`. */
  async begin(preSessionId: string, signal: AbortSignal): Promise<URL> {
    const { metadata } = await this.#providers.current(signal);
    const { client, scopes } = this.#options;
    const state = this.#random();
    const nonce = this.#random();
    const codeVerifier = this.#random();
    this.#pending.add(state, preSessionId, { nonce, codeVerifier });
    const url = new URL(metadata.authorizationEndpoint);
    const parameters = {
      response_type: "code",
      client_id: client.clientId,
      redirect_uri: client.redirectUri,
      scope: [...new Set(["openid", ...scopes])].join(" "),
      state,
      nonce,
      code_challenge: createHash("sha256").update(codeVerifier).digest("base64url"),
      code_challenge_method: "S256",
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url;
  }

  /**
   * Who came back, from the query of the redirect URI. Each way back works once. Rejects with `identity.sign-in-refused`,
   * `identity.sign-in-denied`, and what `verifyToken` rejects with.
   */
  async finish(preSessionId: string, query: URLSearchParams, signal: AbortSignal): Promise<VerifiedToken> {
    const { client, rules, http, clock } = this.#options;
    const callback = readCallback(query);
    const pending = this.#pending.take(callback.state, preSessionId);
    if (pending === null) throw signInRefused("state");
    const { metadata, keys } = await this.#providers.current(signal);
    // RFC 9207, section 2.4: an answer of another provider is not carried to this one.
    if (callback.issuer === null ? metadata.namesIssuer : callback.issuer !== rules.issuer) {
      throw signInRefused("issuer");
    }
    if (callback.kind === "error") throw signInDenied();
    const idToken = await exchangeCode(callback.code, pending.codeVerifier, client, metadata, http, signal);
    const token = await verifyToken(idToken, { ...rules, audiences: [client.clientId] }, keys, clock, signal);
    checkIdToken(token, client.clientId, pending.nonce);
    return token;
  }

  /** 256 bits in 43 characters, as PKCE's verifier wants at least (RFC 7636, section 4.1). */
  #random(): string {
    return Buffer.from(this.#options.randomBytes(32)).toString("base64url");
  }
}

/** The keys are kept while they stay in the same place, so that reading the discovery document again does not forget them. */
async function fetchProvider(options: OidcSignInOptions, last: Provider | null): Promise<Provider> {
  const { http, clock, rules, times = DEFAULT_CACHE_TIMES } = options;
  const metadata = await readProviderMetadata(rules.issuer, http, METADATA_LIMITS, new AbortController().signal);
  const same = last !== null && last.metadata.keysUrl.href === metadata.keysUrl.href;
  return { metadata, keys: same ? last.keys : new PublishedKeys({ url: metadata.keysUrl, http, clock, times }) };
}

function checkIdToken(token: VerifiedToken, clientId: string, nonce: string): void {
  const parsed = idTokenSchema.safeParse(token.claims);
  if (!parsed.success) throw tokenRefused("claims", parsed.error);
  const { aud, azp } = parsed.data;
  if (parsed.data.nonce !== nonce) throw tokenRefused("nonce");
  const shared = Array.isArray(aud) && aud.length > 1;
  if (azp === undefined ? shared : azp !== clientId) throw tokenRefused("authorized-party");
}

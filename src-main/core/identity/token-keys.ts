import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from "jose";
import { z } from "zod";
import type { Clock } from "../common/clock.ts";
import { CachedDocument, DEFAULT_CACHE_TIMES, type CacheTimes } from "./cached-document.ts";
import { getJson, type FetchLimits, type IdentityHttp } from "./identity-http.ts";
import { providerUnavailable, tokenRefused } from "./refusals.ts";

/** The public keys that tokens are checked with. */
export interface TokenKeys {
  /** The key that a token's header names. Rejects with `identity.token-refused` or `identity.provider-unavailable`. */
  find(header: JWSHeaderParameters, token: FlattenedJWSInput, signal: AbortSignal): Promise<CryptoKey>;
}

/** RFC 7517, section 5. Private and symmetric keys have no business in a published set and are left out. */
const keySetSchema = z.object({
  keys: z
    .array(z.looseObject({ kty: z.string(), kid: z.string().optional() }))
    .max(100)
    .transform((keys) => keys.filter((key) => ["RSA", "EC", "OKP"].includes(key.kty) && key["d"] === undefined)),
});

export const KEY_SET_LIMITS: FetchLimits = { maxBytes: 262_144, timeoutMs: 5_000 };

type KeySet = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

export interface PublishedKeysOptions {
  /** The provider's `jwks_uri`, checked by the caller. */
  readonly url: URL;
  readonly http: IdentityHttp;
  readonly clock: Clock;
  readonly times?: CacheTimes;
  readonly limits?: FetchLimits;
}

/**
 * The keys at a `jwks_uri`. A key that is not known makes us ask again, at most once an interval: so a rotation is
 * followed at once, and a flood of invented key ids costs the provider nothing. A token that names no key is taken only
 * where the set has a single key for its algorithm.
 */
export class PublishedKeys implements TokenKeys {
  readonly #sets: CachedDocument<KeySet>;

  constructor({ url, http, clock, times = DEFAULT_CACHE_TIMES, limits = KEY_SET_LIMITS }: PublishedKeysOptions) {
    this.#sets = new CachedDocument(() => fetchKeySet(http, url, limits), clock, times);
  }

  async find(header: JWSHeaderParameters, token: FlattenedJWSInput, signal: AbortSignal): Promise<CryptoKey> {
    const known = await this.#sets.current(signal);
    const { errors } = await import("jose");
    try {
      return await known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw tokenRefused("unknown-key", error);
      const newer = await this.#sets.newerThan(known, signal);
      if (newer === null) throw tokenRefused("unknown-key", error);
      try {
        return await newer(header, token);
      } catch (again) {
        throw tokenRefused("unknown-key", again);
      }
    }
  }
}

async function fetchKeySet(http: IdentityHttp, url: URL, limits: FetchLimits): Promise<KeySet> {
  const { createLocalJWKSet } = await import("jose");
  // The request is shared by all who wait, so none of them cancels it; its own time limit ends it.
  const parsed = keySetSchema.safeParse(await getJson(http, url, limits, new AbortController().signal));
  if (!parsed.success) throw providerUnavailable(`${url.host} answered with something that is no key set`);
  // The members beside `kty` are jose's to check: it does, when it imports a key, and refuses what is wrong.
  return createLocalJWKSet(parsed.data as JSONWebKeySet);
}

import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters } from "jose";
import { z } from "zod";
import type { Clock } from "../common/clock.ts";
import { CachedDocument, DEFAULT_CACHE_TIMES, type CacheTimes } from "./cached-document.ts";
import { getJson, isLoopbackHttp, isProtected, type IdentityHttp } from "./identity-http.ts";
import { METADATA_LIMITS, metadataUrl } from "./provider-metadata.ts";
import { providerUnavailable, providerUnfit } from "./refusals.ts";
import { PublishedKeys, type TokenKeys } from "./token-keys.ts";

/** What a token's keys need of a discovery document (OpenID Connect Discovery 1.0, section 3); issuers without a sign-in have little else. */
const documentSchema = z.object({ issuer: z.string(), jwks_uri: z.string() });

export interface IssuerKeysOptions {
  readonly issuer: string;
  readonly http: IdentityHttp;
  readonly clock: Clock;
  readonly times?: CacheTimes;
}

/** The keys of an issuer, found by its discovery document. */
export class IssuerKeys implements TokenKeys {
  readonly #keys: CachedDocument<PublishedKeys>;

  /** Throws `identity.provider-unfit` for an issuer that cannot be asked safely. */
  constructor(options: IssuerKeysOptions) {
    metadataUrl(options.issuer);
    const { clock, times = DEFAULT_CACHE_TIMES } = options;
    let last: { readonly href: string; readonly keys: PublishedKeys } | null = null;
    const fetch = async () => {
      const url = await keysUrlOf(options);
      // The keys are kept while they stay in the same place, so that reading the document again does not forget them.
      if (last?.href !== url.href) {
        last = { href: url.href, keys: new PublishedKeys({ url, http: options.http, clock, times }) };
      }
      return last.keys;
    };
    this.#keys = new CachedDocument(fetch, clock, times);
  }

  async find(header: JWSHeaderParameters, token: FlattenedJWSInput, signal: AbortSignal): Promise<CryptoKey> {
    const keys = await this.#keys.current(signal);
    return keys.find(header, token, signal);
  }
}

async function keysUrlOf({ issuer, http }: IssuerKeysOptions): Promise<URL> {
  const url = metadataUrl(issuer);
  const parsed = documentSchema.safeParse(await getJson(http, url, METADATA_LIMITS, new AbortController().signal));
  if (!parsed.success) throw providerUnavailable(`${url.host} answered with something that is no discovery document`);
  if (parsed.data.issuer !== issuer) throw providerUnfit("the discovery document is of another issuer");
  const keysUrl = URL.parse(parsed.data.jwks_uri);
  // Plain HTTP to this machine is for an issuer on this machine alone.
  if (keysUrl === null || !isProtected(keysUrl) || (isLoopbackHttp(keysUrl) && !isLoopbackHttp(url))) {
    throw providerUnfit("jwks_uri is no https address");
  }
  return keysUrl;
}

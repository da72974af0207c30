import { z } from "zod";
import { parseJson, type FetchLimits, type IdentityHttp } from "./identity-http.ts";
import type { ProviderMetadata } from "./provider-metadata.ts";
import { providerUnavailable, providerUnfit, signInRefused } from "./refusals.ts";

/** Who we are at the provider. */
export interface OidcClient {
  readonly clientId: string;
  /** `null` for a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
  readonly redirectUri: string;
}

/** OpenID Connect Core 1.0, section 3.1.3.3. The access token is of no use to us and is not even read. */
const tokenAnswerSchema = z.object({ id_token: z.string().min(1) });

/** RFC 6749, section 5.2. */
const errorAnswerSchema = z.object({ error: z.string() });

export const TOKEN_LIMITS: FetchLimits = { maxBytes: 524_288, timeoutMs: 10_000 };

/**
 * Trades a code for the id token (RFC 6749, section 4.1.3, and RFC 7636, section 4.5). Rejects with
 * `identity.sign-in-refused` when the provider does not take the code: it is old, was used, or is not of this browser.
 */
export async function exchangeCode(
  code: string,
  codeVerifier: string,
  client: OidcClient,
  provider: ProviderMetadata,
  http: IdentityHttp,
  signal: AbortSignal,
): Promise<string> {
  const { clientId, clientSecret, redirectUri } = client;
  const url = provider.tokenEndpoint;
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: redirectUri,
    client_id: clientId,
    code_verifier: codeVerifier,
  });
  const inHeader = clientSecret !== null && provider.secretIn === "header";
  if (clientSecret !== null && !inHeader) form.set("client_secret", clientSecret);
  const headers = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    ...(inHeader ? { authorization: basic(clientId, clientSecret) } : {}),
  };
  const answer = await http.send({ url, method: "POST", headers, body: form.toString(), ...TOKEN_LIMITS }, signal);
  if (answer.status === 200) {
    const parsed = tokenAnswerSchema.safeParse(parseJson(answer.text, url));
    if (!parsed.success) throw providerUnavailable(`${url.host} answered without an id token`);
    return parsed.data.id_token;
  }
  if (answer.status === 400 || answer.status === 401) {
    const { data } = errorAnswerSchema.safeParse(parseJson(answer.text, url));
    if (data?.error === "invalid_grant") throw signInRefused("code");
    if (data?.error === "invalid_client" || data?.error === "unauthorized_client") {
      throw providerUnfit("the provider does not know this client or its secret");
    }
  }
  throw providerUnavailable(`${url.host} answered ${answer.status} to the exchange`);
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString("base64")}`;
}

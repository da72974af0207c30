import { Agent } from "undici";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import { classifyHttpFailure } from "./adapters/http-failure.ts";
import { sendHttp } from "./adapters/http-request.ts";
import type { OidcSpec } from "./kubeconfig-model.ts";
import { readPem } from "./tls-material.ts";

export interface OidcTokens {
  readonly idToken: string;
  readonly refreshToken: string;
}

/** OpenID Connect Discovery 1.0, section 3. */
const discoverySchema = z.object({
  token_endpoint: z.url({ protocol: /^https?$/ }),
  token_endpoint_auth_methods_supported: z.array(z.string()).nullish(),
});

/** OpenID Connect Core 1.0, section 12.2; the refresh token is there only when the provider rotates it. */
const tokenSchema = z.object({ id_token: z.string().min(1), refresh_token: z.string().nullish() });

const MAX_ANSWER_BYTES = 2 ** 20;
const TIMEOUT_MS = 15_000;

/** When the token expires, milliseconds; `null` when it does not say so or is no JWT. The signature is the server's to check. */
export function idTokenExpiryMs(idToken: string): number | null {
  const [, payload = ""] = idToken.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const parsed = z.object({ exp: z.number() }).safeParse(claims);
    return parsed.success ? parsed.data.exp * 1_000 : null;
  } catch {
    return null;
  }
}

/** Trades a refresh token for a new id token (RFC 6749, section 6). Rejects with `oidc.failed`. */
export async function refreshOidcTokens(
  spec: OidcSpec,
  refreshToken: string,
  contextName: string,
  clock: Clock,
): Promise<OidcTokens> {
  const ca = spec.ca === null ? {} : { ca: await readPem(spec.ca, "idp-certificate-authority", contextName) };
  const agent = new Agent({ connect: { ...ca, timeout: TIMEOUT_MS }, allowH2: false });
  const ask = async (url: URL, form: URLSearchParams | null, headers: Readonly<Record<string, string>>) => {
    const answer = await sendHttp({
      dispatcher: agent,
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: form === null ? "GET" : "POST",
      headers: { accept: "application/json", ...headers },
      ...(form === null ? {} : { body: form.toString() }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      timeoutMs: TIMEOUT_MS,
      clock,
      mapFailure: (error) => failed(spec, classifyHttpFailure(error).problem, error),
    });
    const text = new TextDecoder().decode(await answer.bytes(MAX_ANSWER_BYTES));
    if (answer.status !== 200) throw failed(spec, `status ${answer.status}${oauthError(text)}`);
    return parseJson(spec, text);
  };
  try {
    const issuer = URL.parse(`${spec.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
    if (issuer === null) throw failed(spec, "idp-issuer-url is no URL");
    const found = discoverySchema.safeParse(await ask(issuer, null, {}));
    if (!found.success) throw failed(spec, "the discovery document names no token endpoint");
    const methods = found.data.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const basic = spec.clientSecret !== "" && methods.includes("client_secret_basic");
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      client_id: spec.clientId,
    });
    if (!basic && spec.clientSecret !== "") form.set("client_secret", spec.clientSecret);
    const login = `${encodeURIComponent(spec.clientId)}:${encodeURIComponent(spec.clientSecret)}`;
    const answer = await ask(new URL(found.data.token_endpoint), form, {
      "content-type": "application/x-www-form-urlencoded",
      ...(basic ? { authorization: `Basic ${Buffer.from(login).toString("base64")}` } : {}),
    });
    const tokens = tokenSchema.safeParse(answer);
    if (!tokens.success) throw failed(spec, "the answer holds no id_token");
    return { idToken: tokens.data.id_token, refreshToken: tokens.data.refresh_token ?? refreshToken };
  } finally {
    await agent.destroy();
  }
}

function parseJson(spec: OidcSpec, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failed(spec, "the answer is no JSON", error);
  }
}

/** The `error` code of RFC 6749, section 5.2: a word of a known form, no free text. */
function oauthError(text: string): string {
  const code = /"error"\s*:\s*"([a-z_]{1,40})"/.exec(text)?.[1];
  return code === undefined ? "" : ` ${code}`;
}

function failed(spec: OidcSpec, problem: string, cause?: unknown): AppError<"oidc.failed"> {
  return new AppError("oidc.failed", { issuer: spec.issuer, problem }, { cause });
}

import { providerUnavailable } from "./refusals.ts";

/** One request to the provider. Redirects are never followed: each address was checked when it was learnt. */
export interface IdentityRequest {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** A longer answer is a failure. */
  readonly maxBytes: number;
  /** From the beginning to the last byte of the answer, however slowly it comes. */
  readonly timeoutMs: number;
}

export interface IdentityAnswer {
  readonly status: number;
  readonly text: string;
}

/** The way to the provider. Rejects with `identity.provider-unavailable`, or with the signal's reason. */
export interface IdentityHttp {
  send(request: IdentityRequest, signal: AbortSignal): Promise<IdentityAnswer>;
}

export interface FetchLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** A JSON document; any status but 200 and anything but JSON is `identity.provider-unavailable`. */
export async function getJson(
  http: IdentityHttp,
  url: URL,
  limits: FetchLimits,
  signal: AbortSignal,
): Promise<unknown> {
  const request = { url, method: "GET", headers: { accept: "application/json" }, body: null, ...limits } as const;
  const answer = await http.send(request, signal);
  if (answer.status !== 200) throw providerUnavailable(`${url.host} answered ${answer.status}`);
  return parseJson(answer.text, url);
}

export function parseJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw providerUnavailable(`${url.host} answered with something that is no JSON`, error);
  }
}

/**
 * Whether secrets may travel to an address: https, or this machine itself. OpenID Connect Core 1.0, section 3.1.2.1, and
 * RFC 8252, section 8.3. Only literal loopback addresses and `localhost` count: other names can be pointed anywhere.
 */
export function isProtected(url: URL): boolean {
  if (url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || isLoopbackHttp(url);
}

export function isLoopbackHttp(url: URL): boolean {
  return url.protocol === "http:" && /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/.test(url.hostname);
}

import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import type { Clock } from "../../src-main/core/common/clock.ts";

export interface ProviderClient {
  readonly id: string;
  /** `null` for a public client. */
  readonly secret: string | null;
  readonly redirectUri: string;
}

interface Grant {
  readonly challenge: string;
  readonly nonce: string | null;
  readonly endsAtMs: number;
}

interface ProviderKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

/** Answers a request in place of the provider; `false` leaves it to the provider. */
export type ProviderFault = (response: ServerResponse) => boolean;

const CODE_LIFETIME_MS = 60_000;

/**
 * A small OpenID provider on loopback: discovery, authorization with PKCE, token, keys, rotation. Strict where a real one
 * is: codes work once, for one client, redirect URI and verifier. Whoever comes is signed in as `subject` with `claims`.
 */
export class OidcProvider implements AsyncDisposable {
  readonly #server: Server;
  readonly #clock: Clock;
  readonly #client: ProviderClient;
  readonly #grants = new Map<string, Grant>();
  #keys: ProviderKey[] = [];
  /** Claims of the next id tokens, over what the provider itself writes. */
  claims: JWTPayload = {};
  subject = "u-1";
  /** Members that the discovery document has otherwise, or more. */
  metadata: Record<string, unknown> = {};
  /** What goes wrong, by path. */
  readonly faults = new Map<string, ProviderFault>();
  /** Paths that were asked for, in order. */
  readonly requests: string[] = [];
  /** Headers and forms of the token requests. */
  readonly exchanges: { readonly authorization: string | undefined; readonly form: URLSearchParams }[] = [];

  private constructor(server: Server, clock: Clock, client: ProviderClient) {
    this.#server = server;
    this.#clock = clock;
    this.#client = client;
  }

  static async start(clock: Clock, client: ProviderClient): Promise<OidcProvider> {
    const server = createServer();
    const provider = new OidcProvider(server, clock, client);
    server.on("request", (request, response) => {
      provider.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await provider.rotate();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get keysUrl(): URL {
    return new URL("/keys", this.issuer);
  }

  count(path: string): number {
    return this.requests.filter((one) => one === path).length;
  }

  /** Signs with a new key from now on; the old ones are not published any more. */
  async rotate(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const kid = randomBytes(6).toString("hex");
    const published = { ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" };
    this.#keys = [{ kid, privateKey, published }];
  }

  /** The public half of the key in use. */
  get publishedKey(): JWK {
    return this.#key().published;
  }

  /** A token as the provider would sign it, with claims over the usual ones; one that is `undefined` is left out. */
  async sign(
    claims: JWTPayload = {},
    header: { readonly kid?: string | null; readonly typ?: string } = {},
  ): Promise<string> {
    const { kid, privateKey } = this.#key();
    const seconds = Math.floor(this.#clock.nowMs() / 1_000);
    const usual = { iss: this.issuer, sub: this.subject, aud: this.#client.id, iat: seconds, exp: seconds + 300 };
    const payload = Object.fromEntries(
      Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined),
    );
    const { kid: named = kid, ...more } = header;
    return new SignJWT(payload)
      .setProtectedHeader({ alg: "ES256", ...(named === null ? {} : { kid: named }), ...more })
      .sign(privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #key(): ProviderKey {
    const [key] = this.#keys;
    if (key === undefined) throw new Error("the provider has no key");
    return key;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.issuer);
    this.requests.push(url.pathname);
    if (this.faults.get(url.pathname)?.(response) === true) return;
    switch (`${request.method} ${url.pathname}`) {
      case "GET /.well-known/openid-configuration":
        return json(response, 200, this.#discovery());
      case "GET /keys":
        return json(response, 200, { keys: this.#keys.map(({ published }) => published) });
      case "GET /authorize":
        return this.#authorize(url.searchParams, response);
      case "POST /token":
        return this.#token(request, response);
      default:
        return json(response, 404, {});
    }
  }

  #discovery(): object {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      ...this.metadata,
    };
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const fits =
      query.get("client_id") === this.#client.id &&
      query.get("redirect_uri") === this.#client.redirectUri &&
      query.get("response_type") === "code" &&
      query.get("code_challenge_method") === "S256" &&
      (query.get("scope") ?? "").split(" ").includes("openid");
    const challenge = query.get("code_challenge");
    // An address that is not the client's own is never redirected to.
    if (!fits || challenge === null) return json(response, 400, { error: "invalid_request" });
    const code = randomBytes(24).toString("base64url");
    const endsAtMs = this.#clock.nowMs() + CODE_LIFETIME_MS;
    this.#grants.set(code, { challenge, nonce: query.get("nonce"), endsAtMs });
    const back = new URL(this.#client.redirectUri);
    back.search = new URLSearchParams({ code, state: query.get("state") ?? "", iss: this.issuer }).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const { authorization } = request.headers;
    this.exchanges.push({ authorization, form });
    if (!this.#knows(authorization, form)) return json(response, 401, { error: "invalid_client" });
    const code = form.get("code") ?? "";
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    const fits =
      grant !== undefined &&
      grant.endsAtMs > this.#clock.nowMs() &&
      grant.challenge === challenge &&
      form.get("grant_type") === "authorization_code" &&
      form.get("redirect_uri") === this.#client.redirectUri;
    if (!fits) return json(response, 400, { error: "invalid_grant" });
    const nonce = grant.nonce ?? undefined;
    const idToken = await this.sign({ ...(nonce === undefined ? {} : { nonce }), ...this.claims });
    return json(response, 200, {
      access_token: randomBytes(24).toString("hex"),
      token_type: "Bearer",
      id_token: idToken,
    });
  }

  #knows(authorization: string | undefined, form: URLSearchParams): boolean {
    const { id, secret } = this.#client;
    if (form.get("client_id") !== id) return false;
    if (secret === null) return authorization === undefined;
    const encode = (part: string) => new URLSearchParams([["", part]]).toString().slice(1);
    const basic = Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64");
    return authorization === `Basic ${basic}` || form.get("client_secret") === secret;
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

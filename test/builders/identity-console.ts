import { identityConfigSchema } from "../../src-main/core/identity/identity-config.ts";
import { openIdentities } from "../../src-main/core/identity/identities.ts";
import { UndiciIdentityHttp } from "../../src-main/core/identity/undici-identity-http.ts";
import type { HeadlessServerOptions } from "../../src-main/headless/headless-server.ts";
import { headlessConsole, type HeadlessSetup } from "./headless-console.ts";
import { ManualClock } from "./manual-clock.ts";
import { OidcProvider } from "./oidc-provider.ts";

const CLIENT_ID = "kubemate console";
const SECRET = "s3:cret/+ %";

export interface IdentityConsole extends HeadlessSetup {
  readonly provider: OidcProvider;
  readonly origin: string;
}

/** Groups of the bank become a role and tenants: `/t/cards` is the tenant `cards`. */
export const CLAIMS = {
  name: "preferred_username",
  roles: [
    { claim: "groups", value: "sre", role: "operator" },
    { claim: "groups", value: "staff", role: "viewer" },
  ],
  tenants: [
    { kind: "named-tenant", claim: "groups", prefix: "/t/" },
    { kind: "every-tenant", claim: "groups", value: "platform" },
  ],
};

/** A console with a provider of its own that people sign in at, and that signs tokens of programs. */
export async function identityConsole(
  over: Readonly<Record<string, unknown>> = {},
  options: Partial<HeadlessServerOptions> = {},
  /** The name of this machine that browsers come by. */
  name = "127.0.0.1",
): Promise<IdentityConsole> {
  const clock = new ManualClock();
  let redirectUri = "";
  const provider = await OidcProvider.start(clock, {
    id: CLIENT_ID,
    secret: SECRET,
    get redirectUri() {
      return redirectUri;
    },
  });
  provider.claims = { preferred_username: "li.wei", groups: ["sre", "/t/cards"] };
  const http = new UndiciIdentityHttp({ clock });
  const config = identityConfigSchema.parse({
    oidc: {
      name: "Bank & Co",
      issuer: provider.issuer,
      clientId: CLIENT_ID,
      clientSecretEnv: "UNREAD",
      scopes: ["groups"],
      algorithms: ["ES256"],
    },
    bearer: { issuer: provider.issuer, audiences: ["console-api"], algorithms: ["ES256"] },
    claims: CLAIMS,
    ...over,
  });
  const setup = await headlessConsole({
    clock,
    ...(config.bearer === undefined ? {} : { maxTokenBytes: config.bearer.maxTokenBytes }),
    identities: (bound) => {
      const origin = bound.replace("127.0.0.1", name);
      redirectUri = `${origin}/sign-in/callback`;
      return openIdentities({ config, clientSecret: SECRET, ca: null }, { http, clock, namespaces: null }, origin);
    },
    ...options,
  });
  return {
    ...setup,
    clock,
    provider,
    origin: setup.server.origin.replace("127.0.0.1", name),
    async [Symbol.asyncDispose]() {
      await setup[Symbol.asyncDispose]();
      await http[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

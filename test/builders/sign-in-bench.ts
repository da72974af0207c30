import { randomBytes } from "node:crypto";
import { tokenRulesSchema } from "../../src-main/core/identity/bearer-token.ts";
import { OidcSignIn } from "../../src-main/core/identity/oidc-sign-in.ts";
import { refusalReason } from "../../src-main/core/identity/refusals.ts";
import { UndiciIdentityHttp } from "../../src-main/core/identity/undici-identity-http.ts";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import { ManualClock } from "./manual-clock.ts";
import { OidcProvider } from "./oidc-provider.ts";

const CLIENT = { id: "kubemate console", redirectUri: "https://console.bank.example/sign-in/callback" };
const signal = new AbortController().signal;

/** A provider, the console's side of the sign-in, and a browser that goes back and forth. */
export interface SignInBench extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly provider: OidcProvider;
  readonly http: UndiciIdentityHttp;
  readonly signIn: OidcSignIn;
  /** The browser is sent to the provider; the answer is where the provider sends it back to. */
  visit(browser: string): Promise<URL>;
  /** The whole way. */
  roundTrip(browser: string): ReturnType<OidcSignIn["finish"]>;
}

export async function signInBench(secret: string | null = "s3:cret/+ %"): Promise<SignInBench> {
  const clock = new ManualClock();
  const provider = await OidcProvider.start(clock, { ...CLIENT, secret });
  const http = new UndiciIdentityHttp({ clock });
  const { audiences: _, ...rules } = tokenRulesSchema.parse({
    issuer: provider.issuer,
    audiences: [CLIENT.id],
    algorithms: ["ES256"],
  });
  const signIn = new OidcSignIn({
    client: { clientId: CLIENT.id, clientSecret: secret, redirectUri: CLIENT.redirectUri },
    rules,
    scopes: ["profile", "groups"],
    http,
    clock,
    randomBytes,
  });
  const visit = async (browser: string) => {
    const answer = await fetch(await signIn.begin(browser, signal), { redirect: "manual" });
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`the provider answered ${answer.status}`);
    return new URL(location);
  };
  return {
    clock,
    provider,
    http,
    signIn,
    visit,
    roundTrip: async (browser) => signIn.finish(browser, (await visit(browser)).searchParams, signal),
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
}

/** The code that the caller is told and the reason that the audit is told; fails when nothing was refused. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!isAppError(error)) throw error;
    const reason = refusalReason(error);
    return reason === null ? error.code : `${error.code} (${reason})`;
  }
  throw new Error("nothing was refused");
}

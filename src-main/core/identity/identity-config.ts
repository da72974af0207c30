import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { SIGNING_ALGORITHMS, tokenRulesSchema } from "./bearer-token.ts";
import { claimMappingSchema } from "./claim-mapping.ts";
import { isProtected } from "./identity-http.ts";
import { namespaceTenantSourceSchema } from "./namespace-tenants.ts";

/** Where a provider sends browsers back to; the rest of the address is the console's own. */
export const CALLBACK_PATH = "/sign-in/callback";

const addressSchema = z
  .string()
  .max(2_000)
  .refine((text) => isProtectedAddress(text), { error: "is no https address" });

const algorithmsSchema = z.array(z.enum(SIGNING_ALGORITHMS)).min(1).default(["RS256"]);
const skewSchema = z.int().min(0).max(300).default(60);

const oidcSchema = z
  .strictObject({
    /** On the button; what people call the provider. */
    name: z.string().trim().min(1).max(100),
    issuer: addressSchema,
    clientId: z.string().min(1).max(500),
    /** A file of its own or a variable, so that this file may be read by everybody. Neither: a public client. */
    clientSecretFile: z.string().min(1).max(4_096).exactOptional(),
    clientSecretEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/)
      .exactOptional(),
    redirectUri: addressSchema
      .refine((text) => URL.parse(text)?.pathname === CALLBACK_PATH, { error: `does not end in ${CALLBACK_PATH}` })
      .refine((text) => !/[?#]/.test(text), { error: "has a query or a fragment" })
      .exactOptional(),
    /** Beside `openid`: what makes the provider put roles and groups into the id token. */
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/))
      .max(32)
      .default(["profile"]),
    algorithms: algorithmsSchema,
    clockSkewSeconds: skewSchema,
  })
  .refine(({ clientSecretFile, clientSecretEnv }) => clientSecretFile === undefined || clientSecretEnv === undefined, {
    path: ["clientSecretFile"],
    error: "clientSecretFile or clientSecretEnv, not both",
  });

const bearerSchema = z.strictObject({
  issuer: z.string().min(1).max(2_000),
  audiences: tokenRulesSchema.shape.audiences,
  /** Where the keys are; left out, the issuer's discovery document says so. */
  keysUrl: addressSchema.exactOptional(),
  algorithms: algorithmsSchema,
  clockSkewSeconds: skewSchema,
  maxTokenBytes: tokenRulesSchema.shape.maxTokenBytes,
  type: tokenRulesSchema.shape.type,
  /** Instead of the common ones. */
  claims: claimMappingSchema.exactOptional(),
});

const namespacesSchema = z.strictObject({
  /** Id or name of the site in whose cluster the namespaces are; not needed where a table says it all. */
  site: z.string().min(1).max(500).exactOptional(),
  sources: z.array(namespaceTenantSourceSchema).min(1).max(16),
});

export const identityConfigSchema = z
  .strictObject({
    oidc: oidcSchema.exactOptional(),
    bearer: bearerSchema.exactOptional(),
    claims: claimMappingSchema.exactOptional(),
    namespaces: namespacesSchema.exactOptional(),
    /** Whether start links open the console beside the sign-in, as whoever started it and with every tenant. */
    startLinks: z.boolean().default(false),
    /** PEM of the authorities to trust instead of the system's, for provider and keys. */
    caFile: z.string().min(1).max(4_096).exactOptional(),
  })
  .check(({ value, issues }) => {
    const say = (path: string[], message: string) => issues.push({ code: "custom", path, message, input: value });
    const { oidc, bearer, claims, namespaces } = value;
    if (oidc === undefined && bearer === undefined) say([], "neither oidc nor bearer");
    if (claims === undefined && (oidc !== undefined || bearer?.claims === undefined)) say(["claims"], "is needed");
    // A group of one issuer is no group of another: it would be enough to found one of the same name there.
    if (oidc !== undefined && bearer !== undefined && bearer.issuer !== oidc.issuer && bearer.claims === undefined) {
      say(["bearer", "claims"], "is needed, because the issuer is not that of oidc");
    }
    const byNamespace = [claims, bearer?.claims].some((mapping) =>
      mapping?.tenants.some(({ kind }) => kind === "named-namespace"),
    );
    if (byNamespace && namespaces === undefined) say(["namespaces"], "is needed for rules of kind named-namespace");
    if (namespaces?.sources.some(({ kind }) => kind !== "table") === true && namespaces.site === undefined) {
      say(["namespaces", "site"], "is needed for labels and annotations");
    }
  });

/** How people sign in to a console that serves browsers: the file of `kubemate serve --identity`. */
export type IdentityConfig = Readonly<z.output<typeof identityConfigSchema>>;

/** Reads a parsed file. Unknown members are refused: a misspelt rule must not silently grant less or more. Throws `identity.config-invalid`. */
export function parseIdentityConfig(value: unknown): IdentityConfig {
  const parsed = identityConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw configInvalid(issue?.path.join(".") || ":1", issue?.message ?? "");
}

/** `field` is the path of a key, or `:12` for a line. */
export function configInvalid(field: string, problem: string): AppError<"identity.config-invalid"> {
  return new AppError("identity.config-invalid", { field: field.slice(0, 200), problem: problem.slice(0, 200) });
}

function isProtectedAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && isProtected(url);
}

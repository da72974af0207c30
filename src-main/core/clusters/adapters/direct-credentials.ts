import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { SecretRef } from "../../../../src-shared/model/ids.ts";

/** How a direct Loki knows its caller; passwords and tokens are names in the secret store. */
export type DirectAuth =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly username: string; readonly password: SecretRef }
  | { readonly kind: "bearer"; readonly token: SecretRef };

/** Looks a secret up; `null` when there is none of this name. */
export type SecretLookup = (ref: SecretRef) => Promise<string | null>;

/**
 * The `authorization` header of one request, or none. Looked up each time: a secret changed while the site is open takes
 * effect with the next request. Credentials inside the URL (`https://user:password@host`) are used when there is no other.
 */
export async function authorizationHeader(
  auth: DirectAuth,
  lookup: SecretLookup,
  url: URL,
): Promise<Readonly<Record<string, string>>> {
  switch (auth.kind) {
    case "basic":
      return { authorization: basic(auth.username, await secret(lookup, auth.password)) };
    case "bearer":
      return { authorization: `Bearer ${await secret(lookup, auth.token)}` };
    case "none":
    default:
      if (url.username === "") return {};
      return { authorization: basic(decodeURIComponent(url.username), decodeURIComponent(url.password)) };
  }
}

async function secret(lookup: SecretLookup, ref: SecretRef): Promise<string> {
  const value = await lookup(ref);
  if (value === null) throw new AppError("secrets.unknown", { ref });
  return value;
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

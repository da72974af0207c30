import { createHash } from "node:crypto";
import type { Identity } from "../core/identity/claims-to-standing.ts";
import type { Caller } from "../rpc/call-context.ts";

/** Somebody who signed in, at the door. */
export function signedInCaller({ issuer, subject, principal, name, role, tenants, expiresAtMs }: Identity): Caller {
  // As JSON, so that no two pairs become one text.
  const key = createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("base64url");
  return { principal, name, key, role, shell: "browser", tenants, expiresAtMs };
}

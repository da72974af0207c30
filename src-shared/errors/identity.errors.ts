import { defineErrors } from "./error-definition.ts";

/**
 * Who somebody is. Most of these have no parameters on purpose: they are read by people who have not signed in, so why a
 * token was refused is in the cause, for the log and the audit, and never on the wire.
 */
export const identityErrors = defineErrors({
  "identity.config-invalid": {
    category: "invalid-input",
    retryable: false,
    params: { field: "string", problem: "string" },
  },
  "identity.token-refused": { category: "auth", retryable: false, params: {} },
  /** Genuine in every other respect, and too old: a new sign-in helps. */
  "identity.token-expired": { category: "auth", retryable: false, params: {} },
  "identity.token-too-large": { category: "invalid-input", retryable: false, params: { maxBytes: "number" } },
  /** The provider, or the place of its keys, does not answer as it should. */
  "identity.provider-unavailable": { category: "unreachable", retryable: true, params: {} },
  /** The provider answers, and is not one that can be trusted as it is set up: other issuer, plain HTTP, no S256. */
  "identity.provider-unfit": { category: "incompatible", retryable: false, params: {} },
  /** The way back from the provider does not belong to a sign-in of this browser, or was gone before. */
  "identity.sign-in-refused": { category: "auth", retryable: false, params: {} },
  /** The provider itself says no, or the person cancelled there. */
  "identity.sign-in-denied": { category: "auth", retryable: false, params: {} },
  "identity.no-role": { category: "forbidden", retryable: false, params: {} },
  "identity.too-many-values": { category: "resource", retryable: false, params: { limit: "number" } },
  /** What was asked for belongs to all tenants together, and the caller may see some of them. */
  "identity.every-tenant-needed": { category: "forbidden", retryable: false, params: {} },
  "identity.tenant-refused": { category: "forbidden", retryable: false, params: { tenant: "string" } },
});

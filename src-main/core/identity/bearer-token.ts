import type { JWTPayload } from "jose";
import { z } from "zod";
import { AppError, isAppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import { tokenRefused, type RefusalReason } from "./refusals.ts";
import type { TokenKeys } from "./token-keys.ts";

/**
 * Signatures with a key pair. `none` and the HMAC ones cannot be configured: with those, whoever reads the published key
 * could sign (RFC 8725, sections 2.1 and 3.1).
 */
export const SIGNING_ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
] as const;

export const tokenRulesSchema = z.object({
  /** Compared letter by letter. */
  issuer: z.string().min(1).max(2_000),
  /** A token for any of these is ours. */
  audiences: z.array(z.string().min(1).max(500)).min(1).max(16),
  algorithms: z.array(z.enum(SIGNING_ALGORITHMS)).min(1),
  /** By how much the provider's clock and ours may differ. */
  clockSkewMs: z.int().min(0).max(300_000).default(60_000),
  maxTokenBytes: z.int().min(1_024).max(262_144).default(65_536),
  /** The header's `typ` where tokens of other uses have the same audience: `at+jwt` (RFC 9068). */
  type: z.string().min(1).max(100).optional(),
});

/** What a token must be. */
export type TokenRules = Readonly<z.infer<typeof tokenRulesSchema>>;

/** A token that holds. The token itself is not in it, so nobody can hand it on. */
export interface VerifiedToken {
  readonly issuer: string;
  /** Unique within the issuer, and never given to another person. */
  readonly subject: string;
  readonly expiresAtMs: number;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** `sub` is at most 255 ASCII characters (OpenID Connect Core 1.0, section 2). */
const claimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  exp: z.number(),
  iat: z.number().optional(),
});

/** The token of an `Authorization` header (RFC 6750, section 2.1); `null` when it holds none. */
export function bearerTokenOf(header: string | undefined): string | null {
  return /^Bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(header ?? "")?.[1] ?? null;
}

/**
 * Checks a signed JWT: size, algorithm, signature, issuer, audience, times. Rejects with `identity.token-too-large`,
 * `identity.token-expired`, `identity.token-refused` (`refusalReason` tells why, for the audit) or
 * `identity.provider-unavailable`, when there are no keys to check with.
 */
export async function verifyToken(
  token: string,
  rules: TokenRules,
  keys: TokenKeys,
  clock: Clock,
  signal: AbortSignal,
): Promise<VerifiedToken> {
  if (token.length > rules.maxTokenBytes) {
    throw new AppError("identity.token-too-large", { maxBytes: rules.maxTokenBytes });
  }
  const { jwtVerify } = await import("jose");
  const nowMs = clock.nowMs();
  let payload: JWTPayload;
  try {
    const verified = await jwtVerify(token, (header, input) => keys.find(header, input, signal), {
      issuer: rules.issuer,
      audience: [...rules.audiences],
      algorithms: [...rules.algorithms],
      clockTolerance: rules.clockSkewMs / 1_000,
      currentDate: new Date(nowMs),
      requiredClaims: ["exp", "sub"],
      ...(rules.type === undefined ? {} : { typ: rules.type }),
    });
    payload = verified.payload;
  } catch (error) {
    if (isAppError(error)) throw error;
    signal.throwIfAborted();
    throw tokenRefused(await reasonOf(error), error);
  }
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw tokenRefused("claims", claims.error);
  const { iss, sub, exp, iat } = claims.data;
  if (iat !== undefined && iat * 1_000 > nowMs + rules.clockSkewMs) throw tokenRefused("not-yet-valid");
  return { issuer: iss, subject: sub, expiresAtMs: exp * 1_000, claims: payload };
}

async function reasonOf(error: unknown): Promise<RefusalReason> {
  const { errors } = await import("jose");
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (!(error instanceof errors.JWTClaimValidationFailed)) return "malformed";
  const byClaim: Readonly<Record<string, RefusalReason>> = {
    iss: "issuer",
    aud: "audience",
    nbf: "not-yet-valid",
    typ: "type",
  };
  return byClaim[error.claim] ?? "claims";
}

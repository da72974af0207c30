import { AppError } from "../../../src-shared/errors/app-error.ts";
import { Refusal, signInRefused } from "./refusals.ts";

/** What the provider sent along with the browser (OpenID Connect Core 1.0, section 3.1.2.5). */
export type SignInCallback =
  | { readonly kind: "code"; readonly state: string; readonly code: string; readonly issuer: string | null }
  | { readonly kind: "error"; readonly state: string; readonly issuer: string | null };

const MAX_CODE_CHARACTERS = 4_096;

/**
 * Reads the query of the redirect URI. A parameter that is there twice, both a code and an error, or neither, is
 * `identity.sign-in-refused`.
 */
export function readCallback(query: URLSearchParams): SignInCallback {
  const state = single(query, "state");
  const code = single(query, "code");
  const error = single(query, "error");
  const issuer = single(query, "iss");
  if (state === null || !/^[A-Za-z0-9_-]{43}$/.test(state)) throw signInRefused("state");
  if ((code === null) === (error === null)) throw signInRefused("callback");
  if (code === null) return { kind: "error", state, issuer };
  if (code === "" || code.length > MAX_CODE_CHARACTERS) throw signInRefused("callback");
  return { kind: "code", state, code, issuer };
}

/** The provider's own words about an error are the caller's to invent, so they are neither shown nor logged. */
export function signInDenied(): AppError {
  return new AppError("identity.sign-in-denied", {}, { cause: new Refusal("callback") });
}

function single(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name);
  if (values.length > 1) throw signInRefused("callback");
  return values[0] ?? null;
}

import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AuditSubject } from "../../src-shared/api/procedure.ts";
import type { SignInWay } from "../core/identity/identities.ts";
import type { VerifiedToken } from "../core/identity/bearer-token.ts";
import { SIGN_IN_LIFETIME_MS } from "../core/identity/pending-sign-ins.ts";
import { signInRefused } from "../core/identity/refusals.ts";
import type { Logger } from "../core/common/logger.ts";
import { goneSignal, send, sendSignIn, sendText } from "./answers.ts";
import type { BrowserSessions } from "./browser-sessions.ts";
import { clearCookie, readCookie, setCookie, setSignInCookie, type SessionCookie } from "./session-cookie.ts";
import type { SignInAudit } from "./sign-in-audit.ts";
import { refusalStatus, refusalSubject, signInFailure } from "./sign-in-failure.ts";
import { signedInPage } from "./sign-in-page.ts";
import { signedInCaller } from "./signed-in-caller.ts";

export interface OidcRouteParts {
  readonly way: SignInWay;
  /** By which `Host` browsers must come; `null` where a proxy in front may have changed it. */
  readonly host: string | null;
  readonly sessions: BrowserSessions;
  readonly cookie: SessionCookie;
  /** The browser's pre-session: ties the way back to the browser that set out. */
  readonly signInCookie: SessionCookie;
  readonly audit: SignInAudit;
  readonly logger: Logger;
}

/** Sends a browser to the provider, with a new pre-session: one that somebody else set before is worth nothing. */
export async function beginSignIn(
  request: IncomingMessage,
  response: ServerResponse,
  { way, host, signInCookie, logger }: OidcRouteParts,
): Promise<void> {
  if (request.method !== "GET") return sendText(response, 405, "method not allowed");
  if (host !== null && (request.headers.host ?? "").toLowerCase() !== host) {
    // The way back leads to another name, whose cookies are not this one's.
    return sendSignIn(request, response, {
      text: "headless.signIn.otherAddress",
      params: { address: host },
      provider: null,
    });
  }
  const id = randomBytes(32).toString("base64url");
  const signal = goneSignal(response);
  try {
    const url = await way.begin(id, signal);
    response.setHeader("set-cookie", setSignInCookie(signInCookie, id, SIGN_IN_LIFETIME_MS));
    response.setHeader("location", url.href);
    sendText(response, 303, "");
  } catch (error) {
    if (signal.aborted) return;
    const failure = signInFailure(error);
    logger.warn("a sign-in could not begin", { code: failure.code, problem: problemOf(failure) });
    sendSignIn(request, response, { text: `errors.${failure.code}`, provider: way.name }, refusalStatus(failure));
  }
}

/** Takes a browser back from the provider. Whatever comes of it, its pre-session is used up. */
export async function finishSignIn(
  request: IncomingMessage,
  response: ServerResponse,
  parts: OidcRouteParts,
): Promise<void> {
  if (request.method !== "GET") return sendText(response, 405, "method not allowed");
  const { way, sessions, cookie, signInCookie, audit, logger } = parts;
  const signal = goneSignal(response);
  const subject: Record<string, string | null> = { by: "oidc", address: request.socket.remoteAddress ?? null };
  try {
    const preSession = readCookie(signInCookie, request.headers.cookie);
    if (preSession === null) throw signInRefused("state");
    const query = new URL(request.url ?? "/", "http://console.invalid").searchParams;
    const token = await way.finish(preSession, query, signal);
    Object.assign(subject, tokenSubject(token));
    const caller = signedInCaller(await way.standing(token, signal));
    // Before there is a session: without its entry nobody is let in.
    await audit.signedIn(caller, { ...subject, name: caller.name });
    const session = sessions.open(caller);
    response.setHeader("set-cookie", [clearCookie(signInCookie), setCookie(cookie, session.id, session.lastsMs)]);
    send(response, 200, "text/html; charset=utf-8", signedInPage(request.headers["accept-language"] ?? ""));
  } catch (error) {
    if (signal.aborted) return;
    const failure = signInFailure(error);
    if (failure.code.startsWith("audit.")) throw failure;
    await audit.refused(failure.code, { ...subject, ...refusalSubject(failure) }, null);
    logger.info("a sign-in was refused", { code: failure.code, problem: problemOf(failure) });
    response.setHeader("set-cookie", clearCookie(signInCookie));
    const text = { text: `errors.${failure.code}`, params: textParams(failure.params), provider: way.name };
    sendSignIn(request, response, text, refusalStatus(failure));
  }
}

/** Whose token it was that holds: of somebody without a role as well. */
export function tokenSubject({ issuer, subject }: VerifiedToken): AuditSubject {
  return { issuer, subject };
}

/** The cause's own words are ours, never the provider's. */
function problemOf({ cause }: Error): string {
  return cause instanceof Error ? cause.message.slice(0, 300) : "";
}

function textParams(params: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

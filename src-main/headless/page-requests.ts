import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { DOOR_PATH, SESSION_PATH, SIGN_OUT_PATH } from "../../src-shared/api/door-wire.ts";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import { CALLBACK_PATH } from "../core/identity/identity-config.ts";
import type { Logger } from "../core/common/logger.ts";
import { pageAnswer } from "../page/page-answer.ts";
import type { PageFiles } from "../page/page-files.ts";
import type { Caller } from "../rpc/call-context.ts";
import { goneSignal, sendSignIn, sendText } from "./answers.ts";
import type { BearerCallers } from "./bearer-callers.ts";
import type { BrowserSessions } from "./browser-sessions.ts";
import { CompressedBodies } from "./compressed-bodies.ts";
import { beginSignIn, finishSignIn, type OidcRouteParts } from "./oidc-routes.ts";
import type { PublicAddress } from "./public-address.ts";
import { gateProblem } from "./request-gate.ts";
import { clearCookie, readCookie, setCookie, type SessionCookie } from "./session-cookie.ts";
import type { SignInAudit } from "./sign-in-audit.ts";
import { refusalStatus } from "./sign-in-failure.ts";
import { SIGN_IN_PATH } from "./sign-in-page.ts";

export const LOGIN_PATH = "/login";

export interface PageRequestOptions {
  readonly address: PublicAddress;
  readonly sessions: BrowserSessions;
  readonly cookie: SessionCookie;
  readonly files: PageFiles;
  /** Who opens a start link; `null` where none are given out. */
  readonly local: Caller | null;
  /** `null` without a provider. */
  readonly oidc: OidcRouteParts | null;
  /** `null` where tokens are not taken. */
  readonly bearer: BearerCallers | null;
  readonly audit: SignInAudit;
  readonly logger: Logger;
}

/** Answers every plain request: sign-in and -out, whether a session stands, and the page's files for those who have one. */
export function pageRequests(options: PageRequestOptions): RequestListener {
  const bodies = new CompressedBodies();
  return (request, response) => {
    answer(request, response, options, bodies).catch((error: unknown) => {
      const reference = options.logger.error("a request failed", error, { path: request.url?.split("?")[0] });
      if (response.headersSent) response.destroy();
      else sendText(response, isAppError(error) ? 503 : 500, reference);
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: PageRequestOptions,
  bodies: CompressedBodies,
): Promise<void> {
  const { address, sessions, cookie, oidc, logger } = options;
  const mark = (request.url ?? "/").indexOf("?");
  const path = mark < 0 ? (request.url ?? "/") : (request.url ?? "/").slice(0, mark);
  const isCallback = oidc !== null && path === CALLBACK_PATH && request.method === "GET";
  const problem = gateProblem(request.headers, isCallback ? "callback" : "request", address);
  if (problem !== null) {
    logger.warn("request refused", { problem, host: request.headers.host, origin: request.headers.origin });
    return sendText(response, 403, "forbidden");
  }
  if (path === SIGN_OUT_PATH && request.method === "POST") return signOut(request, response, options);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return sendText(response, 405, "method not allowed");
  }
  if (path === LOGIN_PATH) return openStartLink(request, response, options);
  if (oidc !== null && path === SIGN_IN_PATH) return beginSignIn(request, response, oidc);
  if (oidc !== null && path === CALLBACK_PATH) return finishSignIn(request, response, oidc);

  const brought = await options.bearer?.recognise(request, false, goneSignal(response));
  if (brought?.kind === "refused") {
    response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
    return sendText(response, refusalStatus(brought.failure), brought.failure.code);
  }
  const id = readCookie(cookie, request.headers.cookie);
  const signedIn = brought?.kind === "caller" || (id !== null && sessions.use(id) !== null);
  if (path === SESSION_PATH) return sendText(response, signedIn ? 204 : 401, "");
  if (!signedIn) return sendSignIn(request, response, neededPage(options));
  if (path === DOOR_PATH) {
    response.setHeader("upgrade", "websocket");
    return sendText(response, 426, "upgrade required");
  }
  return sendFile(request, response, path, options, bodies);
}

/** A start link: its token is used up, and the answer leads to the page with a session. */
async function openStartLink(
  request: IncomingMessage,
  response: ServerResponse,
  options: PageRequestOptions,
): Promise<void> {
  if (request.method !== "GET") return sendText(response, 405, "method not allowed");
  const { sessions, cookie, audit, local, oidc } = options;
  const token = new URL(request.url ?? "/", "http://console.invalid").searchParams.get("token") ?? "";
  const subject = { by: "start-link", address: request.socket.remoteAddress ?? null };
  if (local === null || !sessions.redeem(token)) {
    await audit.refused("session.expired", subject, local);
    if (local === null) return sendSignIn(request, response, neededPage(options));
    return sendSignIn(request, response, { text: "headless.signIn.tokenInvalid", provider: oidc?.way.name ?? null });
  }
  await audit.signedIn(local, subject);
  const session = sessions.open(local);
  response.setHeader("set-cookie", setCookie(cookie, session.id, session.lastsMs));
  response.setHeader("location", "/");
  sendText(response, 303, "");
}

/** Ends the session and its sockets. A page of ours alone can ask for it: the cookie is `Strict`, and the gate has looked. */
async function signOut(
  request: IncomingMessage,
  response: ServerResponse,
  { sessions, cookie, audit }: PageRequestOptions,
): Promise<void> {
  request.resume();
  const id = readCookie(cookie, request.headers.cookie);
  const caller = id === null ? null : sessions.use(id);
  if (id !== null && caller !== null) {
    sessions.end(id);
    await audit.signedOut(caller, { address: request.socket.remoteAddress ?? null });
  }
  response.setHeader("set-cookie", clearCookie(cookie));
  response.setHeader("location", "/");
  sendText(response, 303, "");
}

function neededPage({ local, oidc }: PageRequestOptions): { readonly text: string; readonly provider: string | null } {
  if (oidc !== null) return { text: "headless.signIn.person", provider: oidc.way.name };
  return { text: local === null ? "headless.signIn.token" : "headless.signIn.needed", provider: null };
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { files, address }: PageRequestOptions,
  bodies: CompressedBodies,
): Promise<void> {
  const file = await files.find(path);
  if (file === null) return sendText(response, 404, "not found");
  const page = pageAnswer(file, [address.origin.replace(/^http/, "ws")]);
  const headers = { ...page.headers, vary: "accept-encoding" };
  if (page.headers["etag"] !== undefined && request.headers["if-none-match"] === page.headers["etag"]) {
    response.writeHead(304, headers).end();
    return;
  }
  const { body, encoding } = await bodies.encode(page, request.headers["accept-encoding"] ?? "");
  response.writeHead(200, {
    ...headers,
    "content-length": body.length,
    ...(encoding === null ? {} : { "content-encoding": encoding }),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

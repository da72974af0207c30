import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { DOOR_PATH, SESSION_PATH } from "../../src-shared/api/door-wire.ts";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { AuditTrail } from "../core/audit/audit-trail.ts";
import type { Logger } from "../core/common/logger.ts";
import { pageAnswer } from "../page/page-answer.ts";
import type { PageFiles } from "../page/page-files.ts";
import { contentSecurityPolicy, createNonce, securityHeaders } from "../page/page-policy.ts";
import type { Caller } from "../rpc/call-context.ts";
import type { BrowserSessions } from "./browser-sessions.ts";
import { CompressedBodies } from "./compressed-bodies.ts";
import type { PublicAddress } from "./public-address.ts";
import { gateProblem } from "./request-gate.ts";
import { readCookie, setCookie, type SessionCookie } from "./session-cookie.ts";
import { signInPage } from "./sign-in-page.ts";

export const LOGIN_PATH = "/login";

export interface PageRequestOptions {
  readonly address: PublicAddress;
  readonly sessions: BrowserSessions;
  readonly cookie: SessionCookie;
  readonly files: PageFiles;
  readonly caller: Caller;
  readonly audit: AuditTrail;
  readonly logger: Logger;
}

/** Answers every plain request: sign-in, whether a session stands, and the page's files for those who have one. */
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
  const { address, sessions, cookie, logger } = options;
  const problem = gateProblem(request.headers, "request", address);
  if (problem !== null) {
    logger.warn("request refused", { problem, host: request.headers.host, origin: request.headers.origin });
    return sendText(response, 403, "forbidden");
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return sendText(response, 405, "method not allowed");
  }
  const mark = (request.url ?? "/").indexOf("?");
  const path = mark < 0 ? (request.url ?? "/") : (request.url ?? "/").slice(0, mark);
  if (path === LOGIN_PATH) return signIn(request, response, options);

  const id = readCookie(cookie, request.headers.cookie);
  const signedIn = id !== null && sessions.use(id);
  if (path === SESSION_PATH) return sendText(response, signedIn ? 204 : 401, "");
  if (!signedIn) return sendSignIn(request, response, "needed");
  if (path === DOOR_PATH) {
    response.setHeader("upgrade", "websocket");
    return sendText(response, 426, "upgrade required");
  }
  return sendFile(request, response, path, options, bodies);
}

/** A start link: its token is used up, and the answer leads to the page with a session. */
async function signIn(
  request: IncomingMessage,
  response: ServerResponse,
  { sessions, cookie, audit, caller }: PageRequestOptions,
): Promise<void> {
  if (request.method !== "GET") return sendText(response, 405, "method not allowed");
  const token = new URL(request.url ?? "/", "http://console.invalid").searchParams.get("token") ?? "";
  const id = sessions.redeem(token);
  const record = {
    principal: caller.principal,
    role: caller.role,
    action: "session.signIn",
    auditClass: "security",
    subject: { address: request.socket.remoteAddress ?? null },
  } as const;
  await audit.note(record, id === null ? "refused" : "succeeded", id === null ? "session.expired" : null);
  if (id === null) return sendSignIn(request, response, "tokenInvalid");
  response.setHeader("set-cookie", setCookie(cookie, id, sessions.lifetimeMs));
  response.setHeader("location", "/");
  sendText(response, 303, "");
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

function sendSignIn(request: IncomingMessage, response: ServerResponse, problem: "needed" | "tokenInvalid"): void {
  const wantsPage = (request.headers.accept ?? "").includes("text/html");
  if (!wantsPage) return sendText(response, 401, "no session");
  send(response, 401, "text/html; charset=utf-8", signInPage(problem, request.headers["accept-language"] ?? ""));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, "text/plain; charset=utf-8", text);
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    ...securityHeaders(contentSecurityPolicy(createNonce(), [])),
    "content-type": type,
    "cache-control": "no-store",
  });
  response.end(status === 204 || response.req.method === "HEAD" ? undefined : text);
}

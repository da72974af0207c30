import type { IncomingMessage, ServerResponse } from "node:http";
import { contentSecurityPolicy, createNonce, securityHeaders } from "../page/page-policy.ts";
import { signInPage, type SignInPage } from "./sign-in-page.ts";

export function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, "text/plain; charset=utf-8", text);
}

/** The sign-in page for a browser, a word for a program. */
export function sendSignIn(
  request: IncomingMessage,
  response: ServerResponse,
  page: Omit<SignInPage, "acceptLanguage">,
  status = 401,
): void {
  const wantsPage = (request.headers.accept ?? "").includes("text/html");
  if (!wantsPage) return sendText(response, status, "no session");
  const acceptLanguage = request.headers["accept-language"] ?? "";
  send(response, status, "text/html; charset=utf-8", signInPage({ ...page, acceptLanguage }));
}

/** Nothing of this server's own making is ever kept by a browser or shown in a frame. */
export function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    ...securityHeaders(contentSecurityPolicy(createNonce(), [])),
    "content-type": type,
    "cache-control": "no-store",
  });
  response.end(status === 204 || response.req.method === "HEAD" ? undefined : text);
}

/** Aborted when whoever asked has gone before there was an answer. */
export function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once("close", () => controller.abort());
  return controller.signal;
}

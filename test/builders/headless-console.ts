import { mkdirSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { WebSocket } from "ws";
import {
  createHeadlessServer,
  type HeadlessServer,
  type HeadlessServerOptions,
} from "../../src-main/headless/headless-server.ts";
import { ManualClock } from "./manual-clock.ts";
import { temporaryDirectory, type TemporaryDirectory } from "./temporary-directory.ts";
import { Trial } from "./trial-door.ts";

export const PAGE_HTML = `<!doctype html>
<html><head><title>console</title><script type="module" src="./assets/main-AbCd1234.js"></script></head><body></body></html>
`;
export const PAGE_SCRIPT = `export const rows = ${JSON.stringify(Array.from({ length: 500 }, (_, index) => `row ${index}`))};\n`;

/** A built page, small but with the same kinds of files. */
export function builtPage(): TemporaryDirectory {
  const directory = temporaryDirectory();
  mkdirSync(join(directory.path, "assets"));
  writeFileSync(directory.file("index.html"), PAGE_HTML);
  writeFileSync(directory.file("icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  writeFileSync(directory.file(".env"), "SECRET=1");
  writeFileSync(join(directory.path, "assets", "main-AbCd1234.js"), PAGE_SCRIPT);
  writeFileSync(join(directory.path, "assets", "inter-ZyXw9876.woff2"), Buffer.from([0, 1, 2, 3]));
  return directory;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request with exactly these headers; nothing is added but `Host`, unless it is given. */
export function ask(
  origin: string,
  path: string,
  headers: OutgoingHttpHeaders = {},
  options: { readonly method?: string; readonly ca?: string } = {},
): Promise<Answered> {
  const { protocol, hostname, port, host } = new URL(origin);
  const send = protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      {
        hostname: hostname.replace(/^\[|\]$/g, ""),
        port,
        path,
        method: options.method ?? "GET",
        headers: { host, ...headers },
        agent: false,
        // A test may send any `Host`; the certificate is still checked against the authority.
        ...(options.ca === undefined ? {} : { ca: options.ca, checkServerIdentity: () => undefined }),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    request.on("error", reject);
    request.end();
  });
}

/** Opens a start link as a browser would, and answers with the cookie to send from then on. */
export async function signIn(startUrl: string, ca?: string): Promise<string> {
  const { origin, pathname, search } = new URL(startUrl);
  const { status, headers } = await ask(origin, pathname + search, {}, ca === undefined ? {} : { ca });
  const [cookie] = headers["set-cookie"] ?? [];
  if (status !== 303 || cookie === undefined) throw new Error(`the start link answered ${status}`);
  return cookie.split(";")[0] ?? "";
}

/** How an upgrade ended: 101 and the open socket, or the status it was refused with. */
export function upgrade(
  origin: string,
  headers: Readonly<Record<string, string>>,
  path = "/rpc?connectionParams=1",
): Promise<{ readonly status: number; readonly socket: WebSocket }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace(/^http/, "ws")}${path}`, { headers });
    socket.once("open", () => resolve({ status: 101, socket }));
    socket.once("unexpected-response", (_request, response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, socket });
      socket.on("error", () => {});
      socket.terminate();
    });
    socket.once("error", reject);
  });
}

export interface HeadlessSetup extends AsyncDisposable {
  readonly server: HeadlessServer;
  readonly trial: Trial;
  readonly clock: ManualClock;
  readonly page: TemporaryDirectory;
}

export async function headlessConsole(options: Partial<HeadlessServerOptions> = {}): Promise<HeadlessSetup> {
  const trial = new Trial();
  const clock = new ManualClock();
  const page = builtPage();
  const server = await createHeadlessServer({
    router: trial.router,
    staticDirectory: page.path,
    host: "127.0.0.1",
    port: 0,
    principal: "ada",
    role: "operator",
    audit: trial.audit,
    logger: trial.logger,
    clock,
    ...options,
  });
  return {
    server,
    trial,
    clock,
    page,
    async [Symbol.asyncDispose]() {
      await server.close();
      page[Symbol.dispose]();
    },
  };
}

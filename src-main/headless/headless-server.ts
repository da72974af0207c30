import { once } from "node:events";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Role } from "../../src-shared/permissions/roles.ts";
import type { AuditTrail } from "../core/audit/audit-trail.ts";
import type { Clock } from "../core/common/clock.ts";
import type { Logger } from "../core/common/logger.ts";
import type { Identities } from "../core/identity/identities.ts";
import { PageFiles } from "../page/page-files.ts";
import { localCaller } from "../rpc/local-caller.ts";
import type { DoorRouter } from "../rpc/router.ts";
import type { KeepAlive } from "../rpc/serve-socket.ts";
import { isLoopbackHost } from "./bind-address.ts";
import { BearerCallers } from "./bearer-callers.ts";
import { BrowserSessions, type SessionTimes } from "./browser-sessions.ts";
import { doorUpgrades } from "./door-upgrades.ts";
import { LOGIN_PATH, pageRequests } from "./page-requests.ts";
import { publicAddress } from "./public-address.ts";
import { sessionCookie, signInCookie } from "./session-cookie.ts";
import { SignInAudit } from "./sign-in-audit.ts";

/** A page that has been quiet for this long is asked, and has so long to answer. */
const KEEP_ALIVE: KeepAlive = { pingMs: 30_000, pongWaitMs: 15_000 };

/** Of a request without a token. */
const MAX_HEADER_BYTES = 16_384;

export interface HeadlessServerOptions {
  readonly router: DoorRouter;
  /** `out/renderer`, the built page. */
  readonly staticDirectory: string;
  /** `127.0.0.1` unless someone asked for more. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Who everybody with a start link is. */
  readonly principal: string;
  readonly role: Role;
  /** PEM. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  /** A proxy in front that encrypts and that alone can reach the port; `publicUrl` is what browsers see. */
  readonly trustedProxy?: { readonly publicUrl: string };
  readonly audit: AuditTrail;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly sessionTimes?: SessionTimes;
  readonly keepAlive?: KeepAlive;
  /** The ways in besides start links, for the origin at which browsers reach the server. Without, start links are the only one. */
  readonly identities?: (origin: string) => Identities;
  /** How long a bearer token may be: it has to fit into a request's headers. None is taken without. */
  readonly maxTokenBytes?: number;
}

export interface HeadlessServer extends AsyncDisposable {
  /** `http://127.0.0.1:53411` */
  readonly origin: string;
  readonly port: number;
  /** Whether start links open the console. */
  readonly startLinks: boolean;
  /** A link that opens the console once, within two minutes; where start links open nothing, it leads to the sign-in. */
  issueStartUrl(): string;
  close(): Promise<void>;
}

/**
 * Serves the page and the door to browsers. Rejects with `headless.bind-refused` (not loopback, and nothing encrypts),
 * `headless.tls-invalid`, `headless.page-missing`, `headless.listen-failed`, or `request.invalid` for a proxy's address.
 */
export async function createHeadlessServer(options: HeadlessServerOptions): Promise<HeadlessServer> {
  const { host, tls, trustedProxy, logger, clock } = options;
  const publicUrl = trustedProxy === undefined ? undefined : publicUrlOf(trustedProxy.publicUrl);
  const loopback = await isLoopbackHost(host);
  if (!loopback && tls === undefined && trustedProxy === undefined)
    throw new AppError("headless.bind-refused", { host });

  const files = new PageFiles(options.staticDirectory);
  if ((await files.find("/")) === null) {
    throw new AppError("headless.page-missing", { directory: options.staticDirectory });
  }

  const server = createServer(tls, MAX_HEADER_BYTES + (options.maxTokenBytes ?? 0));
  // Node forgets a connection that was upgraded, but its server's end waits for all of them.
  const connections = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  await listen(server, host, options.port);
  // A TCP server's address is an object once it listens.
  const { port } = server.address() as AddressInfo;
  const address = publicAddress({
    host,
    port,
    ...(tls === undefined ? {} : { certificate: tls.cert }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
  const sessions = new BrowserSessions(clock, options.sessionTimes);
  const cookie = sessionCookie(port, address.secure);
  let identities: Identities | null;
  try {
    identities = options.identities?.(address.origin) ?? null;
  } catch (error) {
    server.close();
    throw error;
  }
  const local = identities?.startLinks === false ? null : localCaller(options.principal, options.role, "browser");
  const audit = new SignInAudit(options.audit, clock, logger);
  const { signIn: way = null, bearer: bearerWay = null } = identities ?? {};
  const bearer = bearerWay === null ? null : new BearerCallers(bearerWay, audit);
  const shared = { address, sessions, cookie, bearer, logger };
  const signInParts = { sessions, cookie, signInCookie: signInCookie(port, address.secure), audit, logger };
  const signInHost = trustedProxy === undefined ? (way?.host ?? null) : null;
  const oidc = way === null ? null : { way, host: signInHost, ...signInParts };
  server.on("request", pageRequests({ ...shared, files, local, oidc, audit }));
  const closeSockets = doorUpgrades(server, {
    ...shared,
    router: options.router,
    clock,
    keepAlive: options.keepAlive ?? KEEP_ALIVE,
    compress: !loopback || trustedProxy !== undefined,
  });
  logger.info("serving browsers", { origin: address.origin });

  const close = async () => {
    // Sockets first: to their pages the console is gone, not the session.
    closeSockets();
    sessions.close();
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const connection of connections) connection.destroy();
    await closed;
  };
  return {
    origin: address.origin,
    port,
    startLinks: local !== null,
    issueStartUrl: () =>
      local === null ? `${address.origin}/` : `${address.origin}${LOGIN_PATH}?token=${sessions.issueToken()}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createServer(tls: HeadlessServerOptions["tls"], maxHeaderSize: number): Server {
  const limits = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000, maxHeaderSize };
  if (tls === undefined) return createHttpServer(limits);
  try {
    return createHttpsServer({ ...limits, cert: tls.cert, key: tls.key, minVersion: "TLSv1.2" });
  } catch (error) {
    throw new AppError("headless.tls-invalid", { problem: messageOf(error) }, { cause: error });
  }
}

function publicUrlOf(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw new AppError("request.invalid", { path: "trustedProxy", problem: `no http(s) address: ${text.slice(0, 200)}` });
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    throw new AppError("headless.listen-failed", { host, port, problem: messageOf(error) }, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}

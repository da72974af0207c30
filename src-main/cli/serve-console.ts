import { readFileSync } from "node:fs";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { systemClock } from "../core/common/clock.ts";
import { isLoopbackHost } from "../headless/bind-address.ts";
import { createHeadlessServer } from "../headless/headless-server.ts";
import { openConsoleHandle } from "../rpc/open-console-handle.ts";
import type { CommandContext } from "./command-context.ts";
import { serveIdentities } from "./serve-identity.ts";
import { aborted, write } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";

export interface ServeOptions {
  readonly port: string;
  readonly host: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly trustedProxy?: string;
  readonly identity?: string;
}

export async function serve(context: CommandContext, options: ServeOptions): Promise<void> {
  const { terminal } = context;
  const tls = tlsFiles(options);
  await using stack = new AsyncDisposableStack();
  const handle = await openConsoleHandle({
    profileRoot: context.profileRoot,
    environment: terminal.environment,
    flags: context.flags,
    clock: systemClock,
    vault: null,
    noVaultReason: "secrets.reason.noKeyFile",
    version: KUBEMATE_VERSION,
    locateWorker: terminal.locateWorker,
    principal: context.principal,
    // Who signs in is another person than the one whose files these are, wherever they sit.
    reachedFromElsewhere:
      options.identity !== undefined || options.trustedProxy !== undefined || !(await isLoopbackHost(options.host)),
  });
  stack.defer(() => handle.close());
  // A bug, logged whole; the person at the window keeps the window.
  stack.defer(terminal.onLostRejection((error) => handle.logger.error("a failure nobody waited for", error)));
  const identities =
    options.identity === undefined
      ? {}
      : await serveIdentities(options.identity, terminal.environment, handle.opened, stack);
  const server = stack.use(
    await createHeadlessServer({
      router: handle.router,
      staticDirectory: terminal.pageDirectory,
      host: options.host,
      port: portOf(options.port),
      principal: handle.principal,
      role: handle.role,
      audit: handle.opened.base.audit,
      logger: handle.logger.child("headless"),
      clock: handle.clock,
      ...(tls === null ? {} : { tls }),
      ...identities,
      ...(options.trustedProxy === undefined ? {} : { trustedProxy: { publicUrl: options.trustedProxy } }),
    }),
  );
  const printLink = () => write(terminal.stdout, `${server.issueStartUrl()}\n`);
  await printLink();
  // Without start links the address stays the same.
  if (server.startLinks) stack.defer(terminal.onLine(() => void printLink()));
  await aborted(terminal.signal);
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new AppError("request.invalid", { path: "--port", problem: text });
}

function tlsFiles({ tlsCert, tlsKey }: ServeOptions): { readonly cert: Buffer; readonly key: Buffer } | null {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new AppError("request.invalid", { path: "--tls-cert", problem: "--tls-cert + --tls-key" });
  }
  return { cert: readPem(tlsCert), key: readPem(tlsKey) };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new AppError("files.unreadable", { file, problem: String(error) }, { cause: error });
  }
}

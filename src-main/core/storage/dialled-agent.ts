import { Agent, type AgentOptions, type ClientRequestArgs } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Dial } from "./s3-store-options.ts";

interface DialledOptions extends AgentOptions {
  readonly dial: Dial;
  readonly timeoutMs: number;
}

type Connected = (error: Error | null, stream: Duplex) => void;

/** HTTP over connections that somebody else opens. Host header and signature stay those of the endpoint. */
export class DialledAgent extends Agent {
  readonly #dialled: DialledOptions;

  constructor(options: DialledOptions) {
    super(options);
    this.#dialled = options;
  }

  override createConnection(_options: ClientRequestArgs, callback?: Connected): undefined {
    void dialInto(this.#dialled, (stream) => stream, callback);
    return undefined;
  }
}

/** HTTPS over such connections: the certificate has to be the endpoint's. */
export class DialledTlsAgent extends TlsAgent {
  readonly #dialled: DialledOptions & { readonly tls: ConnectionOptions };

  constructor(options: DialledOptions & { readonly tls: ConnectionOptions }) {
    super(options);
    this.#dialled = options;
  }

  override createConnection(options: ClientRequestArgs, callback?: Connected): undefined {
    const host = typeof options.host === "string" ? options.host : "";
    // An address is no name that a server could choose its certificate by.
    const servername = isIP(host) === 0 ? host : "";
    void dialInto(this.#dialled, (socket) => connectTls({ ...this.#dialled.tls, socket, servername }), callback);
    return undefined;
  }
}

async function dialInto(
  { dial, timeoutMs }: DialledOptions,
  wrap: (stream: Duplex) => Duplex,
  callback: Connected | undefined,
): Promise<void> {
  let stream: Duplex;
  try {
    stream = wrap(asSocket(await dial(AbortSignal.timeout(timeoutMs))));
  } catch (error) {
    // Node's agent gives the error to the request that waits for the connection; the stream is only there for its type.
    callback?.(error instanceof Error ? error : new Error(String(error)), undefined as never);
    return;
  }
  callback?.(null, stream);
}

/** What Node's agent and the SDK ask of a socket and a stream has not. Keeping alive is the business of whoever dialled. */
function asSocket(stream: Duplex): Duplex {
  const nothing = () => stream;
  const missing: Partial<Record<keyof Socket, () => Duplex>> = {};
  for (const name of ["setKeepAlive", "setNoDelay", "setTimeout", "ref", "unref"] as const) {
    if (!(name in stream)) missing[name] = nothing;
  }
  return Object.assign(stream, missing);
}

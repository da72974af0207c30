import type { Readable } from "node:stream";
import { Agent } from "undici";
import type { Clock } from "../common/clock.ts";
import type { IdentityAnswer, IdentityHttp, IdentityRequest } from "./identity-http.ts";
import { providerUnavailable } from "./refusals.ts";

export interface UndiciIdentityHttpOptions {
  readonly clock: Clock;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
}

/** The provider over undici, with one deadline for the whole answer and a bound on its size. */
export class UndiciIdentityHttp implements IdentityHttp, AsyncDisposable {
  readonly #agent: Agent;
  readonly #clock: Clock;

  constructor({ clock, ca }: UndiciIdentityHttpOptions) {
    this.#clock = clock;
    this.#agent = new Agent({ connect: ca === undefined ? {} : { ca }, connections: 8, allowH2: false });
  }

  async send(request: IdentityRequest, signal: AbortSignal): Promise<IdentityAnswer> {
    signal.throwIfAborted();
    const { url, maxBytes, timeoutMs } = request;
    const deadline = new AbortController();
    const stop = this.#clock.after(timeoutMs, () => deadline.abort());
    try {
      const answer = await this.#agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: request.method,
        // A compressed answer could be small on the wire and huge in memory.
        headers: { "accept-encoding": "identity", ...request.headers },
        body: request.body,
        signal: AbortSignal.any([signal, deadline.signal]),
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const encoding = answer.headers["content-encoding"];
      if (encoding !== undefined && encoding !== "identity") {
        answer.body.on("error", () => {}).destroy();
        throw providerUnavailable(`${url.host} compressed its answer unasked`);
      }
      return { status: answer.statusCode, text: await boundedText(answer.body, maxBytes, url) };
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.signal.aborted) throw providerUnavailable(`${url.host} did not answer in ${timeoutMs} ms`, error);
      throw providerUnavailable(`${url.host} could not be asked`, error);
    } finally {
      stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

async function boundedText(body: Readable, maxBytes: number, url: URL): Promise<string> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  // Leaving the loop by a throw destroys the body and with it the connection.
  for await (const piece of body) {
    // An undici body without an encoding yields buffers.
    const bytes = piece as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes > maxBytes) throw providerUnavailable(`${url.host} answered with more than ${maxBytes} bytes`);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces).toString("utf8");
}

import { Agent, request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as TlsAgent, request as requestHttps } from "node:https";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { MinioAnswer, MinioNode } from "../bucket-health/read-minio.ts";
import { DialledAgent, DialledTlsAgent } from "../dialled-agent.ts";
import { throughForward } from "../s3-failure.ts";
import type { S3Requests } from "../s3-requests.ts";
import type { StoreNode } from "../s3-store-options.ts";

const TIMEOUT_MS = 10_000;
/** Metrics of a large cluster with many buckets are some megabytes. */
const MAX_BODY_BYTES = 32 * 2 ** 20;
const MAX_NODES = 32;
const CONNECTIONS = 4;

/** Servers that are asked one after another over connections that stay; disposal closes them. */
export interface MinioNodes extends Disposable {
  readonly nodes: readonly MinioNode[];
}

/** The servers of a store, as far as they can be told apart; else the one address that stands for all. Rejects with `storage.*`. */
export async function minioNodes(s3: S3Requests, signal: AbortSignal): Promise<MinioNodes> {
  const { endpoint, nodes } = s3.options;
  const url = endpoint === undefined ? null : URL.parse(endpoint);
  // Amazon's own is no MinIO.
  if (url === null) return { nodes: [], [Symbol.dispose]: () => undefined };
  const found =
    nodes === undefined
      ? [null]
      : await nodes(signal).catch((error: unknown) => {
          throw throughForward(error, s3.title);
        });
  const opened = found.slice(0, MAX_NODES).map((node) => {
    const agent = agentOf(s3, url, node);
    return { node: nodeOf(s3, url, node?.title ?? url.host, agent), agent };
  });
  return {
    nodes: opened.map(({ node }) => node),
    [Symbol.dispose]: () => opened.forEach(({ agent }) => agent.destroy()),
  };
}

function agentOf({ options: { ca, trustAnyServer } }: S3Requests, { protocol }: URL, node: StoreNode | null): Agent {
  const plain = { keepAlive: true, maxSockets: CONNECTIONS };
  const trust = {
    ...(ca === undefined ? {} : { ca }),
    ...(trustAnyServer === true ? { rejectUnauthorized: false } : {}),
  };
  const isTls = protocol === "https:";
  if (node === null) return isTls ? new TlsAgent({ ...plain, ...trust }) : new Agent(plain);
  const dialled = { ...plain, dial: node.dial, timeoutMs: TIMEOUT_MS };
  return isTls ? new DialledTlsAgent({ ...dialled, tls: trust }) : new DialledAgent(dialled);
}

/** The first answer that wants a token decides that all requests after it carry one. */
function nodeOf(s3: S3Requests, url: URL, title: string, agent: Agent): MinioNode {
  let token: string | null = null;
  return {
    title,
    get: async (path, signal) => {
      const answer = await ask(s3.title, url, agent, path, token, signal);
      const wantsToken = (answer.status === 401 || answer.status === 403) && path.includes("metrics");
      if (!wantsToken || token !== null) return answer;
      token = await s3.minioToken();
      return await ask(s3.title, url, agent, path, token, signal);
    },
  };
}

async function ask(
  store: string,
  url: URL,
  agent: Agent,
  path: string,
  token: string | null,
  signal: AbortSignal,
): Promise<MinioAnswer> {
  const tls = url.protocol === "https:";
  const options: RequestOptions = {
    host: url.hostname,
    port: url.port === "" ? (tls ? 443 : 80) : url.port,
    path,
    headers: { accept: "text/plain", ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    timeout: TIMEOUT_MS,
    signal,
    agent,
  };
  const send = () => (tls ? requestHttps : requestHttp)(options);
  try {
    const request = send();
    return await answered(request, store).catch((error: unknown) => {
      // A connection that was kept may have been closed at the other end meanwhile, which says nothing of the server.
      if (!request.reusedSocket || signal.aborted) throw error;
      return answered(send(), store);
    });
  } catch (error) {
    if (signal.aborted) throw new AppError("request.cancelled", {}, { cause: error });
    const told = throughForward(error, store);
    if (isAppError(told)) throw told;
    const problem = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    throw new AppError("storage.unreachable", { store, problem }, { cause: error });
  }
}

async function answered(request: ReturnType<typeof requestHttp>, store: string): Promise<MinioAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once("response", resolve).once("error", reject);
  request.once("timeout", () =>
    request.destroy(new AppError("storage.timed-out", { store, seconds: TIMEOUT_MS / 1_000 })),
  );
  request.end();
  const response = await promise;
  const pieces: Buffer[] = [];
  let bytes = 0;
  // Nobody set an encoding, so what comes are buffers.
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) {
      request.destroy();
      throw new AppError("storage.failed", { store, problem: `an answer of more than ${MAX_BODY_BYTES} bytes` });
    }
    pieces.push(piece);
  }
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value ?? "")]);
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body: Buffer.concat(pieces) };
}

import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { KubernetesClient } from "../../clusters/kubernetes-client.ts";
import type { RequestSubject, statusFailure } from "../../clusters/kubernetes-status.ts";

const TIMEOUT_MS = 15_000;
const PAGE_ITEMS = 500;
const MOST_PAGES = 100;
const MAX_PAGE_BYTES = 64 * 2 ** 20;

export interface ClusterCallsOptions {
  /** Asked for each call, since a site's client is made anew when its kubeconfig changes. */
  readonly client: () => Promise<Pick<KubernetesClient, "connection">>;
  readonly refusal: typeof statusFailure;
}

export interface ClusterCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
  readonly subject: RequestSubject;
  readonly signal: AbortSignal;
}

const pageSchema = z.object({
  metadata: z.object({ continue: z.string().nullish() }).nullish(),
  items: z.array(z.unknown()).nullish(),
});

/** The Kubernetes API as JSON, each call with a time limit. Rejects with `cluster.*` and what the connection rejects with. */
export class ClusterCalls {
  readonly #options: ClusterCallsOptions;

  constructor(options: ClusterCallsOptions) {
    this.#options = options;
  }

  async call<Value>(call: ClusterCall, schema: z.ZodType<Value>): Promise<Value> {
    const { connection } = await this.#options.client();
    const answer = await connection.send({
      method: call.method,
      path: call.path,
      headers: {
        accept: "application/json",
        "accept-encoding": "gzip",
        ...(call.body === undefined ? {} : { "content-type": call.contentType ?? "application/json" }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: call.signal,
      timeoutMs: TIMEOUT_MS,
    });
    const bytes = await answer.bytes(MAX_PAGE_BYTES);
    if (answer.status < 200 || answer.status > 299) {
      const retryAfter = answer.headers["retry-after"] ?? "";
      throw this.#options.refusal(answer.status, bytes, call.subject, connection.host, retryAfter);
    }
    const parsed = schema.safeParse(jsonOf(bytes));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const problem = `${call.subject.resource}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`.slice(0, 200);
    throw new AppError("cluster.bad-response", { status: answer.status, problem }, { cause: parsed.error });
  }

  /** All of a kind in a namespace, as they are. `group` is `/api/v1` or `/apis/apps/v1`. */
  async list(group: string, resource: string, namespace: string, signal: AbortSignal): Promise<readonly unknown[]> {
    const subject = { verb: "list", resource, namespace, name: "" };
    const items: unknown[] = [];
    let continuation = "";
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({ limit: String(PAGE_ITEMS) });
      if (continuation !== "") query.set("continue", continuation);
      const path = `${group}/namespaces/${encodeURIComponent(namespace)}/${resource}?${query.toString()}`;
      // oxlint-disable-next-line no-await-in-loop -- a page names the next one
      const answer = await this.call({ method: "GET", path, subject, signal }, pageSchema);
      items.push(...(answer.items ?? []));
      continuation = answer.metadata?.continue ?? "";
      if (continuation === "") break;
    }
    return items;
  }
}

/** `undefined` for what is no JSON. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

import type { Readable } from "node:stream";
import { z } from "zod";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import type { ClusterConnection, ClusterRequest } from "./cluster-connection.ts";
import {
  accessReviewSchema,
  configMapSchema,
  namespaceSchema,
  podSchema,
  selfReviewSchema,
  serviceSchema,
  versionSchema,
  type ConfigMap,
  type Pod,
  type Service,
} from "./kubernetes-objects.ts";
import { statusFailure, type RequestSubject } from "./kubernetes-status.ts";

const REQUEST_TIMEOUT_MS = 30_000;
const PAGE_ITEMS = 500;
const MAX_PAGE_BYTES = 128 * 2 ** 20;
/** A followed log may be silent this long; then it is opened anew where it stopped, in case the peer is gone. */
export const LOG_SILENCE_MS = 5 * 60_000;

/** Which pods or services: in one namespace or, with `null`, in all of them. */
export interface ListOptions {
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly signal: AbortSignal;
}

export interface AccessQuestion {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace: string;
}

/** Query of `GET …/pods/{pod}/log` (core/v1 PodLogOptions). */
export interface PodLogOptions {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly follow: boolean;
  readonly previous: boolean;
  /** RFC 3339; the kubelet rounds it down to seconds. */
  readonly sinceTime: string | null;
  readonly tailLines: number | null;
  readonly signal: AbortSignal;
}

/**
 * The few calls of the Kubernetes API that the console needs, each with a time limit and bounded answers. Rejects with the
 * errors of `cluster.*` and with what `ClusterConnection` rejects with.
 */
export class KubernetesClient {
  readonly connection: ClusterConnection;

  constructor(connection: ClusterConnection) {
    this.connection = connection;
  }

  async version(signal: AbortSignal): Promise<z.infer<typeof versionSchema>> {
    const subject = { verb: "get", resource: "/version", namespace: "", name: "" };
    return this.#json(
      { method: "GET", path: "/version", signal, timeoutMs: REQUEST_TIMEOUT_MS },
      versionSchema,
      subject,
    );
  }

  listPods(options: ListOptions): Promise<Pod[]> {
    return this.#list("/api/v1", "pods", podSchema, options);
  }

  listServices(options: ListOptions): Promise<Service[]> {
    return this.#list("/api/v1", "services", serviceSchema, options);
  }

  listNamespaces(signal: AbortSignal): Promise<string[]> {
    return this.#list("/api/v1", "namespaces", namespaceSchema, { namespace: null, signal });
  }

  /** All objects of a resource; `group` is `/api/v1` or `/apis/<group>/<version>`. What `schema` does not name is dropped. */
  listOf<Item>(group: string, resource: string, schema: z.ZodType<Item>, options: ListOptions): Promise<Item[]> {
    return this.#list(group, resource, schema, options);
  }

  getPod(namespace: string, name: string, signal: AbortSignal): Promise<Pod> {
    const subject = { verb: "get", resource: "pods", namespace, name };
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
    return this.#json({ method: "GET", path, signal, timeoutMs: REQUEST_TIMEOUT_MS }, podSchema, subject);
  }

  getService(namespace: string, name: string, signal: AbortSignal): Promise<Service> {
    const subject = { verb: "get", resource: "services", namespace, name };
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`;
    return this.#json({ method: "GET", path, signal, timeoutMs: REQUEST_TIMEOUT_MS }, serviceSchema, subject);
  }

  getConfigMap(namespace: string, name: string, signal: AbortSignal): Promise<ConfigMap> {
    const subject = { verb: "get", resource: "configmaps", namespace, name };
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
    return this.#json({ method: "GET", path, signal, timeoutMs: REQUEST_TIMEOUT_MS }, configMapSchema, subject);
  }

  /** Whether we may do it, by the cluster's own word. */
  async mayI(question: AccessQuestion, signal: AbortSignal): Promise<boolean> {
    const { namespace, verb, resource, subresource } = question;
    const review = {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: {
        resourceAttributes: {
          namespace,
          verb,
          group: "",
          resource,
          ...(subresource === undefined ? {} : { subresource }),
        },
      },
    };
    const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const answer = await this.#post(path, review, accessReviewSchema, "selfsubjectaccessreviews", signal);
    return answer.status.allowed;
  }

  /** Our own user name as the API server knows it; empty where it does not tell (before Kubernetes 1.28). */
  async whoAmI(signal: AbortSignal): Promise<string> {
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    try {
      const answer = await this.#post(path, review, selfReviewSchema, "selfsubjectreviews", signal);
      return answer.status.userInfo.username;
    } catch (error) {
      if (hasCode(error, "cluster.gone") || hasCode(error, "cluster.forbidden")) return "";
      throw error;
    }
  }

  /** The log as bytes, each line preceded by its time. Rejects before the first byte, or fails while being read. */
  async podLog(options: PodLogOptions): Promise<Readable> {
    const { namespace, pod, container } = options;
    const query = new URLSearchParams({ container, timestamps: "true" });
    if (options.follow) query.set("follow", "true");
    if (options.previous) query.set("previous", "true");
    if (options.sinceTime !== null) query.set("sinceTime", options.sinceTime);
    if (options.tailLines !== null) query.set("tailLines", String(options.tailLines));
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${query.toString()}`;
    const subject = { verb: "get", resource: "pods/log", namespace, name: pod };
    const silenceMs = options.follow ? LOG_SILENCE_MS : REQUEST_TIMEOUT_MS;
    const timeoutMs = options.follow ? LOG_SILENCE_MS : REQUEST_TIMEOUT_MS;
    const request = { method: "GET", path, signal: options.signal, timeoutMs } as const;
    return this.connection.stream(request, subject, silenceMs);
  }

  async #list<Item>(group: string, resource: string, schema: z.ZodType<Item>, options: ListOptions): Promise<Item[]> {
    try {
      return await this.#allPages(group, resource, schema, options);
    } catch (error) {
      // The list changed so much between two pages that the server gave the old one up: once more from the beginning.
      if (!hasCode(error, "cluster.expired")) throw error;
      return this.#allPages(group, resource, schema, options);
    }
  }

  async #allPages<Item>(
    group: string,
    resource: string,
    schema: z.ZodType<Item>,
    { namespace, labelSelector, signal }: ListOptions,
  ): Promise<Item[]> {
    const scope = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
    const subject = { verb: "list", resource, namespace: namespace ?? "", name: "" };
    const page = z.object({
      metadata: z.object({ continue: z.string().nullish() }).nullish(),
      items: z.array(schema).nullish(),
    });
    const items: Item[] = [];
    let continuation = "";
    do {
      const query = new URLSearchParams({ limit: String(PAGE_ITEMS) });
      if (labelSelector !== undefined) query.set("labelSelector", labelSelector);
      if (continuation !== "") query.set("continue", continuation);
      const path = `${group}${scope}/${resource}?${query.toString()}`;
      // oxlint-disable-next-line no-await-in-loop -- a page names the next one
      const answer = await this.#json({ method: "GET", path, signal, timeoutMs: REQUEST_TIMEOUT_MS }, page, subject);
      items.push(...(answer.items ?? []));
      continuation = answer.metadata?.continue ?? "";
    } while (continuation !== "");
    return items;
  }

  #post<Value>(
    path: string,
    body: object,
    schema: z.ZodType<Value>,
    resource: string,
    signal: AbortSignal,
  ): Promise<Value> {
    const request = {
      method: "POST",
      path,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal,
      timeoutMs: REQUEST_TIMEOUT_MS,
    } as const;
    return this.#json(request, schema, { verb: "create", resource, namespace: "", name: "" });
  }

  async #json<Value>(request: ClusterRequest, schema: z.ZodType<Value>, subject: RequestSubject): Promise<Value> {
    const headers = { accept: "application/json", "accept-encoding": "gzip", ...request.headers };
    const answer = await this.connection.send({ ...request, headers });
    const bytes = await answer.bytes(MAX_PAGE_BYTES);
    if (answer.status < 200 || answer.status > 299) {
      throw statusFailure(answer.status, bytes, subject, this.connection.host, answer.headers["retry-after"] ?? "");
    }
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder().decode(bytes));
    } catch (error) {
      throw new AppError("cluster.bad-response", { status: answer.status, problem: "no JSON" }, { cause: error });
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const problem = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`.slice(0, 200);
    throw new AppError("cluster.bad-response", { status: answer.status, problem }, { cause: parsed.error });
  }
}

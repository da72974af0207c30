import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { ownPort, type PodTargetsOptions } from "../../scraping/pod-targets.ts";
import type { ActingRequest, PodActions } from "../pod-actions.ts";
import { answerOf, MAX_ANSWER_BYTES, requestText, requireActing, sendFailure } from "./acting-request.ts";

const FORM = "application/x-www-form-urlencoded";

/** Acting on pods through the API server's proxy, by the same way on which they are read. */
export function podProxyActions(options: Omit<PodTargetsOptions, "clock">): PodActions {
  return {
    async send(request) {
      requireActing(request);
      const { method, signal, timeoutMs, form } = request;
      const pod = await findPod(options, request);
      const { connection } = options.client;
      const said = requestText(request);
      try {
        const answer = await connection.send({
          method,
          path: proxyPath(options, pod, request),
          ...(form === undefined
            ? {}
            : { headers: { "content-type": FORM }, body: new URLSearchParams(form).toString() }),
          signal,
          timeoutMs,
          mapFailure: (error) => options.failure(error, connection.host),
        });
        const body = await answer.bytes(MAX_ANSWER_BYTES);
        if (answer.status >= 400) {
          const route = { kind: "pod", namespace: pod.namespace, pod: pod.name, port: pod.port } as const;
          const refused = options.refusal(answer.status, body, method, route, connection.host);
          if (refused !== null) throw refused;
        }
        return answerOf(answer.status, body);
      } catch (error) {
        throw sendFailure(error, said);
      }
    },
  };
}

interface PodAddress {
  readonly namespace: string;
  readonly name: string;
  readonly port: string;
}

async function findPod(
  { discover }: Pick<PodTargetsOptions, "discover">,
  { instance, signal }: ActingRequest,
): Promise<PodAddress> {
  const discovery = await discover(signal);
  for (const component of discovery?.components ?? []) {
    const pod = component.pods.find(({ name }) => name === instance);
    if (pod === undefined) continue;
    return { namespace: pod.namespace, name: pod.name, port: String(ownPort(pod) ?? component.podPort) };
  }
  throw new AppError("health.instance-unknown", { instance });
}

function proxyPath(
  { scheme, pathPrefix }: Pick<PodTargetsOptions, "scheme" | "pathPrefix">,
  { namespace, name, port }: PodAddress,
  { path, query }: ActingRequest,
): string {
  const pod = `pods/${scheme}:${encodeURIComponent(name)}:${encodeURIComponent(port)}`;
  const search = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/${pod}/proxy${pathPrefix.replace(/\/+$/, "")}${path}${search}`;
}

import { z } from "zod";
import { AppError, hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { KubernetesClient } from "../../clusters/kubernetes-client.ts";
import type { statusFailure } from "../../clusters/kubernetes-status.ts";
import type { sendFailure } from "../../health/operations/adapters/acting-request.ts";
import { EXPIRY_ANNOTATION } from "./expiry-annotation.ts";
import type { MapContent, MapName, RuntimeMap, RuntimeMapStore } from "./runtime-map.ts";

/** The name that this console writes under (`managedFields`). */
export const FIELD_MANAGER = "kubemate";
const TIMEOUT_MS = 30_000;
/** A ConfigMap holds 1 MiB, annotations 256 KiB, each byte of it at most six in JSON. */
const MAX_BYTES = 12 * 2 ** 20;
const MERGE_PATCH = "application/merge-patch+json";

const texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});

const mapSchema = z.object({
  metadata: z.object({
    uid: z.string(),
    resourceVersion: z.string(),
    labels: texts,
    annotations: texts,
    managedFields: z
      .array(
        z.object({
          manager: z.string().nullish(),
          operation: z.string().nullish(),
          time: z.string().nullish(),
        }),
      )
      .nullish(),
  }),
  data: texts,
  binaryData: texts,
  immutable: z.boolean().nullish(),
});

/** How failures are worded: by those who speak with API servers. */
export interface MapFailures {
  readonly refusal: typeof statusFailure;
  readonly unanswered: typeof sendFailure;
}

/** What is sent, for review as well. A merge patch with a version is refused (409) when the object has another one. */
export function mapPatch(key: string, resourceVersion: string, { text, annotation }: MapContent): object {
  return { metadata: { resourceVersion, annotations: { [EXPIRY_ANNOTATION]: annotation } }, data: { [key]: text } };
}

export function mapPath({ namespace, name }: Pick<MapName, "namespace" | "name">): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`;
}

/** The ConfigMap over the Kubernetes API. */
export function runtimeMapStore(client: Pick<KubernetesClient, "connection">, failures: MapFailures): RuntimeMapStore {
  const { connection } = client;
  const send = async (
    { namespace, name }: MapName,
    request: { readonly method: "GET" | "PATCH"; readonly path: string; readonly body?: object },
    signal: AbortSignal,
  ): Promise<z.output<typeof mapSchema>> => {
    const { method, path, body } = request;
    const answer = await connection.send({
      method,
      path,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": MERGE_PATCH }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      timeoutMs: TIMEOUT_MS,
    });
    const bytes = await answer.bytes(MAX_BYTES);
    if (answer.status >= 200 && answer.status < 300) return parsedMap(bytes);
    const subject = { verb: method.toLowerCase(), resource: "configmaps", namespace, name };
    throw failures.refusal(answer.status, bytes, subject, connection.host, answer.headers["retry-after"] ?? "");
  };
  return {
    async read(place, signal) {
      return mapOf(await send(place, { method: "GET", path: mapPath(place) }, signal), place);
    },
    async write(place, resourceVersion, content, signal) {
      const body = mapPatch(place.key, resourceVersion, content);
      const path = `${mapPath(place)}?fieldManager=${FIELD_MANAGER}`;
      try {
        const { metadata } = await send(place, { method: "PATCH", path, body }, signal);
        return metadata.resourceVersion;
      } catch (error) {
        // Both say that nothing was written; everything else is for whoever knows what was certainly not received.
        if (hasCode(error, "cluster.conflict")) throw error;
        throw failures.unanswered(error, `PATCH ${mapPath(place)}`);
      }
    },
  };
}

function mapOf(map: z.output<typeof mapSchema>, { namespace, name, key }: MapName): RuntimeMap {
  const { metadata, data, binaryData, immutable } = map;
  const binary = !Object.hasOwn(data, key) && Object.hasOwn(binaryData, key);
  const text = Object.hasOwn(data, key) ? data[key] : undefined;
  if (text === undefined && !binary) {
    const problem = `ConfigMap ${namespace}/${name} has no ${key}`;
    throw new AppError("tenants.runtime-config-missing", { site: namespace, problem: problem.slice(0, 200) });
  }
  return {
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    text: text ?? "",
    binary,
    immutable: immutable === true,
    annotation: metadata.annotations[EXPIRY_ANNOTATION],
    otherBytes: sizeOf(Object.entries(data).filter(([each]) => each !== key)) + sizeOf(Object.entries(binaryData)),
    labels: metadata.labels,
    annotations: metadata.annotations,
    managers: (metadata.managedFields ?? []).map(({ manager, operation, time }) => {
      const atMs = Date.parse(time ?? "");
      return { manager: manager ?? "", operation: operation ?? "", atMs: Number.isNaN(atMs) ? null : atMs };
    }),
  };
}

function sizeOf(entries: readonly (readonly [string, string])[]): number {
  return entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}

function parsedMap(bytes: Uint8Array): z.output<typeof mapSchema> {
  try {
    return mapSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw new AppError("cluster.bad-response", { status: 200, problem: "no ConfigMap" }, { cause: error });
  }
}

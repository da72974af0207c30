import { z } from "zod";

/** Objects of one namespace of a cluster, as its API server gives them. */
export interface ClusterObjects {
  readonly namespace: string;
  /** `null` where there is no such object. Rejects with `cluster.*`: `cluster.forbidden` where we may not read it. */
  read(resource: "pods" | "configmaps" | "secrets", name: string, signal: AbortSignal): Promise<unknown>;
}

/** What a ConfigMap or a Secret holds under a key. */
export interface KeyReference {
  readonly kind: "configmaps" | "secrets";
  readonly name: string;
  readonly key: string;
}

const mapOfTexts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((data) => new Map(Object.entries(data ?? {})));
const dataSchema = z.object({ data: mapOfTexts, binaryData: mapOfTexts });

/** Each object is read once: a few variables of one secret are one request. For one piece of work; it keeps what it read. */
export function readOnce(objects: ClusterObjects): ClusterObjects {
  const known = new Map<string, Promise<unknown>>();
  return {
    namespace: objects.namespace,
    read: (resource, name, signal) => {
      const id = `${resource}/${name}`;
      const reading = known.get(id) ?? objects.read(resource, name, signal);
      known.set(id, reading);
      return reading;
    },
  };
}

/** All keys of a ConfigMap or Secret; `null` where there is none. Rejects with `cluster.*`. */
export async function readKeys(
  objects: ClusterObjects,
  kind: KeyReference["kind"],
  name: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  if (name === "") return null;
  const parsed = dataSchema.safeParse(await objects.read(kind, name, signal));
  if (!parsed.success) return null;
  const { data, binaryData } = parsed.data;
  const plain = (encoded: string) => Buffer.from(encoded, "base64").toString("utf8");
  if (kind === "secrets") return new Map([...data].map(([key, value]) => [key, plain(value)]));
  return new Map([...[...binaryData].map(([key, value]) => [key, plain(value)] as const), ...data]);
}

export async function readKey(
  objects: ClusterObjects,
  { kind, name, key }: KeyReference,
  signal: AbortSignal,
): Promise<string | null> {
  return (await readKeys(objects, kind, name, signal))?.get(key) ?? null;
}

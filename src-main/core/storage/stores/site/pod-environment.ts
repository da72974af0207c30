import { readKey, readKeys, type ClusterObjects } from "./cluster-objects.ts";
import type { ContainerSpec, PodSpec, PodVariable } from "./pod-spec.ts";

/** References may lead to references, but not for ever. */
const MAX_DEPTH = 8;

/**
 * The variables that a container runs with, each read when it is asked for: from its `env`, the last of a name, and then from
 * `envFrom`, the last that has it (`core/v1 EnvVar`, `EnvFromSource`). Rejects with `cluster.*`.
 */
export class PodEnvironment {
  readonly #objects: ClusterObjects;
  readonly #pod: PodSpec;
  readonly #container: ContainerSpec;

  constructor(objects: ClusterObjects, pod: PodSpec, container: ContainerSpec) {
    this.#objects = objects;
    this.#pod = pod;
    this.#container = container;
  }

  /** `null` where it is not set, or comes from where nobody can tell. */
  get(name: string, signal: AbortSignal): Promise<string | null> {
    return this.#get(name, this.#container.env.length, 0, signal);
  }

  has(name: string): boolean {
    return this.#container.env.some((variable) => variable.name === name);
  }

  /** `before`: only variables that stand above it, as Kubernetes resolves `$(NAME)`. */
  async #get(name: string, before: number, depth: number, signal: AbortSignal): Promise<string | null> {
    if (depth > MAX_DEPTH) return null;
    const at = this.#container.env.findLastIndex((variable, index) => index < before && variable.name === name);
    const variable = this.#container.env[at];
    return variable === undefined
      ? await this.#fromAll(name, signal)
      : await this.#valueOf(variable, at, depth, signal);
  }

  async #valueOf(variable: PodVariable, at: number, depth: number, signal: AbortSignal): Promise<string | null> {
    const { value, valueFrom } = variable;
    if (valueFrom?.secretKeyRef) {
      return await readKey(this.#objects, { kind: "secrets", ...valueFrom.secretKeyRef }, signal);
    }
    if (valueFrom?.configMapKeyRef) {
      return await readKey(this.#objects, { kind: "configmaps", ...valueFrom.configMapKeyRef }, signal);
    }
    if (valueFrom?.fieldRef) return this.#field(valueFrom.fieldRef.fieldPath);
    return await replaceAsync(value, /\$\(([A-Za-z_][\w.-]*)\)/g, async (whole, name) => {
      return (await this.#get(name, at, depth + 1, signal)) ?? whole;
    });
  }

  async #fromAll(name: string, signal: AbortSignal): Promise<string | null> {
    for (const { prefix, secretRef, configMapRef } of this.#container.envFrom.toReversed()) {
      if (!name.startsWith(prefix)) continue;
      const [kind, source] = secretRef
        ? (["secrets", secretRef.name] as const)
        : (["configmaps", configMapRef?.name ?? ""] as const);
      // oxlint-disable-next-line no-await-in-loop -- the one before only where this one has none
      const keys = await readKeys(this.#objects, kind, source, signal);
      const value = keys?.get(name.slice(prefix.length));
      if (value !== undefined) return value;
    }
    return null;
  }

  #field(path: string): string | null {
    if (path === "metadata.name") return this.#pod.metadata.name;
    return path === "metadata.namespace" ? this.#pod.metadata.namespace : null;
  }
}

/** Every match replaced by what is found out of its first group. */
export async function replaceAsync(
  text: string,
  pattern: RegExp,
  replacement: (whole: string, group: string) => Promise<string>,
): Promise<string> {
  const matches = [...text.matchAll(pattern)];
  const replaced = await Promise.all(matches.map((match) => replacement(match[0], match[1] ?? "")));
  let at = 0;
  let result = "";
  for (const [index, match] of matches.entries()) {
    result += text.slice(at, match.index) + (replaced[index] ?? "");
    at = match.index + match[0].length;
  }
  return result + text.slice(at);
}

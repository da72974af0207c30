import { createHash } from "node:crypto";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import type { KubeCluster, KubeContext, KubeUser } from "./kubeconfig-model.ts";
import type { ContextEntry, Entry, ParsedKubeconfig } from "./kubeconfig-parse.ts";

const ANONYMOUS: KubeUser = {
  name: "",
  file: "",
  token: null,
  tokenFile: null,
  basic: null,
  clientCertificate: null,
  clientKey: null,
  impersonate: null,
  exec: null,
  oidc: null,
};

/** A site id that stays the same for as long as file and context are named as they are. */
export function siteIdOf(file: string, context: string): SiteId {
  const readable = context.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, 80);
  return siteIdSchema.parse(`k8s-${digest(file).slice(0, 8)}-${digest(context).slice(0, 8)}-${readable}`);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * All contexts of all files. A cluster or user is looked up in the context's own file first and then in the others in the
 * order of the list, so that split files work as with kubectl, and two files that both define `prod` are two sites.
 */
export function contextsOf(files: readonly ParsedKubeconfig[]): KubeContext[] {
  return files.flatMap((own) =>
    [...own.contexts].map(([name, entry]) =>
      resolveContext(own, name, entry, [own, ...files.filter((f) => f !== own)]),
    ),
  );
}

function resolveContext(
  own: ParsedKubeconfig,
  name: string,
  entry: Entry<ContextEntry>,
  searched: readonly ParsedKubeconfig[],
): KubeContext {
  const head = {
    site: siteIdOf(own.file, name),
    file: own.file,
    name,
    namespace: entry.value?.namespace ?? null,
    current: own.currentContext === name,
  };
  if (entry.value === null) return { ...head, cluster: null, user: null, problem: entry.problem };
  const cluster = find<KubeCluster>(
    "cluster",
    entry.value.cluster,
    searched.map((file) => file.clusters),
  );
  if (cluster.value === null) return { ...head, cluster: null, user: null, problem: cluster.problem };
  const user =
    entry.value.user === ""
      ? { value: ANONYMOUS, problem: null }
      : find<KubeUser>(
          "user",
          entry.value.user,
          searched.map((file) => file.users),
        );
  if (user.value === null) return { ...head, cluster: null, user: null, problem: user.problem };
  return { ...head, cluster: cluster.value, user: user.value, problem: null };
}

function find<Value>(what: string, name: string, places: readonly ReadonlyMap<string, Entry<Value>>[]): Entry<Value> {
  if (name === "") return { value: null, problem: `it names no ${what}` };
  const entry = places.map((place) => place.get(name)).find((found) => found !== undefined);
  if (entry === undefined) return { value: null, problem: `${what} "${name}" is not defined` };
  return entry.problem === null ? entry : { value: null, problem: `${what} "${name}": ${entry.problem}` };
}

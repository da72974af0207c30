import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { siteIdSchema } from "../../../../src-shared/model/ids.ts";
import type { UsableContext } from "../../clusters/kubeconfig-model.ts";

/** Where the kubelet mounts what a pod's service account is. */
export const SERVICE_ACCOUNT_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount";

const NAME = "in-cluster";

/**
 * The API server as a pod reaches it: its address from the environment, the token and the CA from files that are read anew
 * for each use, since the kubelet replaces them. `null` outside of a cluster.
 * @throws AppError `kubeconfig.context-broken` when a part of it is there and not all
 */
export async function inClusterContext(
  environment: Readonly<Record<string, string | undefined>>,
  directory = SERVICE_ACCOUNT_DIRECTORY,
): Promise<UsableContext | null> {
  const host = environment["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = environment["KUBERNETES_SERVICE_PORT_HTTPS"] ?? environment["KUBERNETES_SERVICE_PORT"] ?? "443";
  if (host === "") return null;
  const server = URL.parse(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
  if (server === null) throw broken(`KUBERNETES_SERVICE_HOST ${host}, port ${port}`);
  const tokenFile = join(directory, "token");
  if ((await textOf(tokenFile)) === null) return null;
  const namespace = (await textOf(join(directory, "namespace")))?.trim() ?? "";
  const none = { token: null, basic: null, clientCertificate: null, clientKey: null, impersonate: null };
  return {
    site: siteIdSchema.parse(NAME),
    file: directory,
    name: NAME,
    namespace: namespace === "" ? null : namespace,
    current: true,
    cluster: {
      name: NAME,
      server,
      ca: { kind: "file", path: join(directory, "ca.crt") },
      insecureSkipVerify: false,
      tlsServerName: null,
      proxyUrl: null,
      pluginConfig: null,
    },
    user: { ...none, name: NAME, file: directory, tokenFile, exec: null, oidc: null },
    problem: null,
  };
}

/** `null` for a file that is not there. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw broken(`${file}: ${code}`, error);
  }
}

function broken(problem: string, cause?: unknown): AppError {
  return new AppError("kubeconfig.context-broken", { context: NAME, problem }, { cause });
}

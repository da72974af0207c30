import { stringify } from "yaml";

export interface KubeconfigParts {
  readonly url: string;
  readonly ca: string;
  readonly adminToken: string;
  readonly viewerToken: string;
}

/** The context that the lab's kubeconfig has as its current one. */
export const LAB_CONTEXT = "kubemate-lab";
/** A context whose user may only read pods, services and namespaces. */
export const LAB_VIEWER_CONTEXT = "kubemate-lab-viewer";

/** The lab's own kubeconfig: one cluster, an administrator and a viewer, tokens and the authority inside. */
export function kubeconfigYaml({ url, ca, adminToken, viewerToken }: KubeconfigParts): string {
  const cluster = { server: url, "certificate-authority-data": Buffer.from(ca).toString("base64") };
  const context = (name: string, user: string) => ({
    name,
    context: { cluster: LAB_CONTEXT, namespace: "loki", user },
  });
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: LAB_CONTEXT, cluster }],
    users: [
      { name: "lab-admin", user: { token: adminToken } },
      { name: "lab-viewer", user: { token: viewerToken } },
    ],
    contexts: [context(LAB_CONTEXT, "lab-admin"), context(LAB_VIEWER_CONTEXT, "lab-viewer")],
    "current-context": LAB_CONTEXT,
  });
}

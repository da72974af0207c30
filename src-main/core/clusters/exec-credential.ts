import { z } from "zod";
import type { KubeCluster, ExecSpec } from "./kubeconfig-model.ts";

/** What a plugin handed out. Never leaves the main process. */
export interface PluginCredential {
  readonly token: string | null;
  readonly clientCertificate: string | null;
  readonly clientKey: string | null;
  /** Milliseconds; `null` when it does not expire. */
  readonly expiresAtMs: number | null;
}

const optionalText = z.string().nullish();

/** `ExecCredential` of `client.authentication.k8s.io` v1 and v1beta1; both have the same form. */
const execCredentialSchema = z.object({
  kind: z.literal("ExecCredential"),
  apiVersion: z.string(),
  status: z.object({
    token: optionalText,
    clientCertificateData: optionalText,
    clientKeyData: optionalText,
    expirationTimestamp: z.iso.datetime({ offset: true }).nullish(),
  }),
});

/** Either the credential or why the output is none; never quotes the output, which may hold a token. */
export function readExecCredential(
  output: string,
  apiVersion: string,
): PluginCredential | { readonly problem: string } {
  if (output.trim() === "") return { problem: "it printed nothing" };
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    return { problem: "it printed no JSON" };
  }
  const parsed = execCredentialSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { problem: `no ExecCredential: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim() };
  }
  const { status } = parsed.data;
  if (parsed.data.apiVersion !== apiVersion) {
    return { problem: `apiVersion is ${parsed.data.apiVersion.slice(0, 80)}, not ${apiVersion}` };
  }
  const token = status.token ?? null;
  const certificate = status.clientCertificateData ?? null;
  const key = status.clientKeyData ?? null;
  if ((certificate === null) !== (key === null)) return { problem: "a certificate and its key come together" };
  if (token === null && certificate === null) return { problem: "neither token nor certificate" };
  const expires = status.expirationTimestamp;
  return {
    token,
    clientCertificate: certificate,
    clientKey: key,
    expiresAtMs: expires === null || expires === undefined ? null : Date.parse(expires),
  };
}

/** `KUBERNETES_EXEC_INFO` as client-go sets it: never interactive, the cluster only where the kubeconfig says so. */
export function execInfo(spec: ExecSpec, cluster: KubeCluster, caBase64: string | null): string {
  const described = {
    server: cluster.server.href.replace(/\/$/, ""),
    ...(cluster.tlsServerName === null ? {} : { "tls-server-name": cluster.tlsServerName }),
    ...(cluster.insecureSkipVerify ? { "insecure-skip-tls-verify": true } : {}),
    ...(caBase64 === null ? {} : { "certificate-authority-data": caBase64 }),
    ...(cluster.proxyUrl === null ? {} : { "proxy-url": cluster.proxyUrl }),
    config: cluster.pluginConfig ?? null,
  };
  return JSON.stringify({
    kind: "ExecCredential",
    apiVersion: spec.apiVersion,
    spec: { interactive: false, ...(spec.provideClusterInfo ? { cluster: described } : {}) },
  });
}

import type { SiteId } from "../../../src-shared/model/ids.ts";

/** Bytes of PEM: written into the kubeconfig (base64), or in a file that is read anew for each connection. */
export type PemSource =
  | { readonly kind: "data"; readonly base64: string }
  | { readonly kind: "file"; readonly path: string };

export interface KubeCluster {
  readonly name: string;
  readonly server: URL;
  readonly ca: PemSource | null;
  readonly insecureSkipVerify: boolean;
  readonly tlsServerName: string | null;
  readonly proxyUrl: string | null;
  /** What `client.authentication.k8s.io/exec` among the extensions holds; handed to the plugin. */
  readonly pluginConfig: unknown;
}

/** A program that prints an `ExecCredential`. `command` is absolute when it was written with a path. */
export interface ExecSpec {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint: string;
  readonly provideClusterInfo: boolean;
}

/** The `oidc` auth provider of client-go. Secrets stay in the main process. */
export interface OidcSpec {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly idToken: string;
  readonly refreshToken: string;
  readonly ca: PemSource | null;
}

export interface KubeUser {
  readonly name: string;
  /** The kubeconfig that defines it, which need not be the context's. */
  readonly file: string;
  readonly token: string | null;
  readonly tokenFile: string | null;
  readonly basic: { readonly username: string; readonly password: string } | null;
  readonly clientCertificate: PemSource | null;
  readonly clientKey: PemSource | null;
  readonly impersonate: {
    readonly user: string;
    readonly uid: string | null;
    readonly groups: readonly string[];
  } | null;
  readonly exec: ExecSpec | null;
  readonly oidc: OidcSpec | null;
}

/** A context of one file with what it refers to. Either both parts are usable, or `problem` says why not. */
export type KubeContext = {
  readonly site: SiteId;
  readonly file: string;
  readonly name: string;
  readonly namespace: string | null;
  /** Whether it is the `current-context` of its file. */
  readonly current: boolean;
} & (
  | { readonly cluster: KubeCluster; readonly user: KubeUser; readonly problem: null }
  | { readonly cluster: null; readonly user: null; readonly problem: string }
);

export type UsableContext = Extract<KubeContext, { readonly problem: null }>;

import { dirname, isAbsolute, resolve } from "node:path";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { ExecSpec, KubeCluster, KubeUser, OidcSpec, PemSource } from "./kubeconfig-model.ts";
import {
  clusterEntrySchema,
  contextEntrySchema,
  kubeconfigSchema,
  namedSchema,
  userEntrySchema,
} from "./kubeconfig-schema.ts";

export interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | null;
}

/** An entry as it was read, or why it could not be. */
export type Entry<Value> =
  | { readonly value: Value; readonly problem: null }
  | { readonly value: null; readonly problem: string };

/** One kubeconfig file. Paths in it are already relative to its own folder, as client-go resolves them. */
export interface ParsedKubeconfig {
  readonly file: string;
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, Entry<ContextEntry>>;
  readonly clusters: ReadonlyMap<string, Entry<KubeCluster>>;
  readonly users: ReadonlyMap<string, Entry<KubeUser>>;
}

/**
 * Reads the text of a kubeconfig (YAML or JSON). Throws `kubeconfig.unreadable` when it is none and `kubeconfig.empty` when
 * it holds nothing; never quotes the text, which is full of secrets.
 */
export function parseKubeconfig(file: string, text: string): ParsedKubeconfig {
  const root = parseYaml(file, text);
  if (root === null || root === undefined) throw new AppError("kubeconfig.empty", { files: file });
  const parsed = kubeconfigSchema.safeParse(root);
  if (!parsed.success) throw unreadable(file, problemOf(parsed.error));
  const config = parsed.data;
  if (config.kind !== null && config.kind !== undefined && config.kind !== "Config") {
    throw unreadable(file, `kind is not "Config"`);
  }
  const lists = [config.clusters, config.contexts, config.users];
  if (lists.every((list) => (list?.length ?? 0) === 0)) throw new AppError("kubeconfig.empty", { files: file });
  const base = dirname(file);
  return {
    file,
    currentContext: config["current-context"] ?? "",
    contexts: entries(config.contexts, contextEntrySchema, (_name, { context }) => ({
      cluster: context.cluster ?? "",
      user: context.user ?? "",
      namespace: context.namespace === "" ? null : (context.namespace ?? null),
    })),
    clusters: entries(config.clusters, clusterEntrySchema, (name, { cluster }) => clusterOf(base, name, cluster)),
    users: entries(config.users, userEntrySchema, (name, { user }) => userOf(file, name, user ?? {})),
  };
}

function parseYaml(file: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split("\n").length;
    throw unreadable(file, `no YAML: ${error.code} in line ${line}`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new AppError("kubeconfig.unreadable", { file, problem: "no YAML: bad alias" }, { cause });
  }
}

function unreadable(file: string, problem: string): AppError<"kubeconfig.unreadable"> {
  return new AppError("kubeconfig.unreadable", { file, problem });
}

/** Paths and expectations, never values. */
function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? "unexpected form" : `${issue.path.map(String).join(".") || "file"}: ${issue.message}`;
}

function entries<Raw, Value>(
  list: readonly unknown[] | null | undefined,
  schema: z.ZodType<Raw>,
  convert: (name: string, raw: Raw) => Value,
): Map<string, Entry<Value>> {
  const found = new Map<string, Entry<Value>>();
  for (const item of list ?? []) {
    const named = namedSchema.safeParse(item);
    if (!named.success) continue;
    const { name } = named.data;
    found.set(
      name,
      found.has(name) ? broken("the name is used twice in its file") : entryOf(name, item, schema, convert),
    );
  }
  return found;
}

function entryOf<Raw, Value>(
  name: string,
  item: unknown,
  schema: z.ZodType<Raw>,
  convert: (name: string, raw: Raw) => Value,
): Entry<Value> {
  const raw = schema.safeParse(item);
  if (!raw.success) return broken(problemOf(raw.error));
  try {
    return { value: convert(name, raw.data), problem: null };
  } catch (error) {
    if (error instanceof EntryProblem) return broken(error.message);
    throw error;
  }
}

function broken<Value>(problem: string): Entry<Value> {
  return { value: null, problem };
}

class EntryProblem extends Error {}

type RawCluster = z.output<typeof clusterEntrySchema>["cluster"];
type RawUser = NonNullable<z.output<typeof userEntrySchema>["user"]>;

function clusterOf(base: string, name: string, raw: RawCluster): KubeCluster {
  const text = present(raw.server);
  if (text === null) throw new EntryProblem("no server");
  const server = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (server === null || !/^https?:$/.test(server.protocol)) throw new EntryProblem("server is no http or https URL");
  const insecureSkipVerify = raw["insecure-skip-tls-verify"] ?? false;
  return {
    name,
    server,
    ca: pem(base, raw["certificate-authority-data"], raw["certificate-authority"]),
    insecureSkipVerify,
    tlsServerName: present(raw["tls-server-name"]),
    proxyUrl: present(raw["proxy-url"]),
    pluginConfig: raw.extensions?.find((extension) => extension.name === "client.authentication.k8s.io/exec")
      ?.extension,
  };
}

function userOf(file: string, name: string, raw: RawUser): KubeUser {
  const base = dirname(file);
  const username = present(raw.username);
  const impersonated = present(raw.as);
  const tokenFile = present(raw.tokenFile);
  return {
    name,
    file,
    token: present(raw.token),
    tokenFile: tokenFile === null ? null : resolve(base, tokenFile),
    basic: username === null ? null : { username, password: raw.password ?? "" },
    clientCertificate: pem(base, raw["client-certificate-data"], raw["client-certificate"]),
    clientKey: pem(base, raw["client-key-data"], raw["client-key"]),
    impersonate:
      impersonated === null
        ? null
        : { user: impersonated, uid: present(raw["as-uid"]), groups: raw["as-groups"] ?? [] },
    exec: raw.exec === null || raw.exec === undefined ? null : execOf(base, raw.exec),
    oidc: oidcOf(base, raw["auth-provider"]),
  };
}

const EXEC_VERSION = /^client\.authentication\.k8s\.io\/(v1|v1beta1)$/;

function execOf(base: string, raw: NonNullable<RawUser["exec"]>): ExecSpec {
  if (!EXEC_VERSION.test(raw.apiVersion))
    throw new EntryProblem(`exec apiVersion ${raw.apiVersion.slice(0, 80)} is not supported`);
  if (raw.interactiveMode === "Always")
    throw new EntryProblem("the exec plugin needs a terminal (interactiveMode: Always)");
  const withPath = /[/\\]/.test(raw.command);
  return {
    apiVersion: raw.apiVersion,
    command: withPath && !isAbsolute(raw.command) ? resolve(base, raw.command) : raw.command,
    args: raw.args ?? [],
    env: raw.env ?? [],
    installHint: raw.installHint ?? "",
    provideClusterInfo: raw.provideClusterInfo ?? false,
  };
}

function oidcOf(base: string, raw: RawUser["auth-provider"]): OidcSpec | null {
  if (raw === null || raw === undefined) return null;
  if (raw.name !== "oidc")
    throw new EntryProblem(`auth-provider ${raw.name.slice(0, 40)} was removed from Kubernetes clients`);
  const config = raw.config ?? {};
  return {
    issuer: config["idp-issuer-url"] ?? "",
    clientId: config["client-id"] ?? "",
    clientSecret: config["client-secret"] ?? "",
    idToken: config["id-token"] ?? "",
    refreshToken: config["refresh-token"] ?? "",
    ca: pem(base, config["idp-certificate-authority-data"], config["idp-certificate-authority"]),
  };
}

function pem(base: string, data: string | null | undefined, file: string | null | undefined): PemSource | null {
  const base64 = present(data);
  if (base64 !== null) return { kind: "data", base64 };
  const path = present(file);
  return path === null ? null : { kind: "file", path: resolve(base, path) };
}

function present(text: string | null | undefined): string | null {
  return text === null || text === undefined || text === "" ? null : text;
}

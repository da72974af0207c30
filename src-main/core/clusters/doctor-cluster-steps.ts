import type { SiteConfig } from "../../../src-shared/api/sites.api.ts";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import { failed, passed, skipped, warned, type StepResult } from "./doctor-step.ts";
import type { ExecPlugins } from "./exec-plugin.ts";
import type { KubeContext, UsableContext } from "./kubeconfig-model.ts";
import type { AccessQuestion, KubernetesClient } from "./kubernetes-client.ts";
import type { Discovery } from "./loki-discovery.ts";
import type { LokiRouteTable } from "./loki-route-table.ts";
import { describeRoute } from "./loki-routes.ts";

const EXPIRES_SOON_MS = 14 * 86_400_000;
const DAY_MS = 86_400_000;

export type KubernetesSite = Extract<SiteConfig, { kind: "kubernetes" }>;

export function examineKubeconfig(context: KubeContext | null): StepResult {
  if (context === null)
    return failed(new AppError("kubeconfig.context-broken", { context: "", problem: "it is gone" }));
  const { file, name, problem } = context;
  if (problem !== null) return failed(new AppError("kubeconfig.context-broken", { context: name, problem }));
  const { cluster, user } = context;
  return passed(`${file}: context ${name}, user ${user.name || "-"}, server ${cluster.server.href}`);
}

/** Plugins and OIDC are the logins that can fail by themselves; the others are only looked at by the API server. */
export async function examinePlugin(
  context: UsableContext,
  plugins: ExecPlugins,
  client: KubernetesClient,
  clock: Clock,
): Promise<StepResult> {
  const { exec, oidc } = context.user;
  if (exec === null && oidc === null) return skipped("no-plugin");
  const credential = await client.connection.authenticate();
  if (exec === null) return passed(`oidc ${oidc?.issuer ?? ""}`);
  const { file } = await plugins.resolve(exec);
  const expiresAtMs = credential.plugin?.expiresAtMs ?? null;
  const seconds = expiresAtMs === null ? null : Math.round((expiresAtMs - clock.nowMs()) / 1_000);
  const kind = credential.clientCertificate === null ? "token" : "certificate";
  return passed(`${file ?? exec.command}: ${kind}${seconds === null ? "" : `, expires in ${seconds} s`}`);
}

export async function examineTls(context: UsableContext, client: KubernetesClient, clock: Clock): Promise<StepResult> {
  const evidence = await client.connection.handshake();
  const { proxy } = client.connection;
  const via = proxy === null ? "" : `, proxy ${withoutLogin(proxy)}`;
  if (evidence === null) return warned("plain-http", `${context.cluster.server.host}: no TLS${via}`);
  const until = new Date(evidence.validToMs).toISOString().slice(0, 10);
  const detail = `${evidence.protocol}, ${evidence.subject}, by ${evidence.issuer}, valid to ${until}${via}`;
  if (context.cluster.insecureSkipVerify) return warned("tls-unverified", detail);
  const leftMs = evidence.validToMs - clock.nowMs();
  if (leftMs > EXPIRES_SOON_MS) return passed(detail);
  return warned("tls-expiring", detail, { days: Math.max(0, Math.floor(leftMs / DAY_MS)) });
}

export async function examineApiServer(client: KubernetesClient, signal: AbortSignal): Promise<StepResult> {
  const version = await client.version(signal);
  const user = await client.whoAmI(signal);
  return passed(`${version.gitVersion} ${version.platform}${user === "" ? "" : `, user ${user}`}`);
}

const QUESTIONS: readonly Omit<AccessQuestion, "namespace">[] = [
  { verb: "list", resource: "pods" },
  { verb: "list", resource: "services" },
  { verb: "get", resource: "pods", subresource: "log" },
  { verb: "create", resource: "pods", subresource: "portforward" },
  { verb: "get", resource: "services", subresource: "proxy" },
];

/** Asks the cluster itself (SelfSubjectAccessReview). What the chosen way needs is required; the rest is told. */
export async function examineRights(
  client: KubernetesClient,
  config: KubernetesSite,
  namespace: string,
  signal: AbortSignal,
): Promise<StepResult> {
  let allowed: readonly boolean[];
  try {
    allowed = await Promise.all(QUESTIONS.map((question) => client.mayI({ ...question, namespace }, signal)));
  } catch (error) {
    if (!hasCode(error, "cluster.forbidden") && !hasCode(error, "cluster.gone")) throw error;
    return warned("rights-unknown", "SelfSubjectAccessReview is not allowed");
  }
  const named = QUESTIONS.map(({ verb, resource, subresource }) => ({
    verb,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
  }));
  const refused = named.filter((_question, index) => allowed[index] !== true);
  const list = (questions: typeof named) =>
    questions.map(({ verb, resource }) => `${verb} ${resource}`).join(", ") || "-";
  const granted = named.filter((_question, index) => allowed[index] === true);
  const detail = `${namespace || "*"}: allowed ${list(granted)}; refused ${list(refused)}`;
  if (refused.length === 0) return passed(detail);
  const forwarding = config.overrides.access === "port-forward";
  const needed = new Set(["pods", forwarding ? "pods/portforward" : "services/proxy"]);
  const [missing] = refused.filter(({ resource }) => needed.has(resource));
  if (missing === undefined) return warned("some-rights", detail, { rights: list(refused) });
  const other = forwarding ? "services/proxy" : "pods/portforward";
  const wayIsMissing = missing.resource !== "pods" && granted.some(({ resource }) => resource === other);
  const error = new AppError("cluster.forbidden", { ...missing, namespace });
  const result = failed(error, false, detail);
  return wayIsMissing
    ? { ...result, advice: { key: forwarding ? "use-proxy" : "use-port-forward", params: {} } }
    : result;
}

export async function examineComponents(routes: LokiRouteTable, signal: AbortSignal): Promise<StepResult> {
  const known = await routes.routes(signal);
  const query = known.query;
  const discovery = await routes.discovery(signal).catch((error: unknown) => {
    // With a route by hand nothing needs to be found.
    if (query !== undefined && hasCode(error, "cluster.forbidden")) return null;
    throw error;
  });
  if (discovery === null && query === undefined) return failedToFind();
  if (discovery === null) return warned("only-by-hand", query === undefined ? "" : describeRoute(query));
  const detail = `${discovery.namespace}: ${componentList(discovery)}`;
  if (query === undefined) return failed(new AppError("sites.no-route", { role: "query" }), true, detail);
  const down = discovery.components
    .filter((component) => component.pods.every((pod) => !pod.ready))
    .map(({ name }) => name);
  return down.length === 0 ? passed(detail) : warned("components-down", detail, { components: down.join(", ") });
}

function failedToFind(): StepResult {
  const error = new AppError("sites.no-route", { role: "query" });
  return { state: "failed", error, advice: { key: "no-loki", params: {} }, stop: true };
}

function componentList(discovery: Discovery): string {
  return discovery.components
    .map(({ name, pods }) => `${name} ${pods.filter((pod) => pod.ready).length}/${pods.length}`)
    .join(", ");
}

function withoutLogin(proxy: string): string {
  const url = URL.parse(proxy);
  return url === null ? "" : `${url.protocol}//${url.host}`;
}

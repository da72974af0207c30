import { LOKI_ROLES, siteConfigSchema, type LokiRole, type SiteConfig } from "../../../src-shared/api/sites.api.ts";
import { commonFromDraft, commonProblems, draftFromCommon, type CommonDraft } from "./common-draft.ts";

export type KubernetesConfig = Extract<SiteConfig, { kind: "kubernetes" }>;

/** What is set by hand for a kubeconfig context; everything left empty is found by discovery. */
export interface KubernetesDraft extends CommonDraft {
  readonly name: string;
  readonly namespace: string;
  readonly access: "auto" | "proxy" | "port-forward";
  readonly scheme: "auto" | "http" | "https";
  readonly pathPrefix: string;
  readonly routes: Readonly<Record<LokiRole, string>>;
}

export function draftFromKubernetes(config: KubernetesConfig): KubernetesDraft {
  const { overrides } = config;
  return {
    ...draftFromCommon(config),
    name: overrides.name ?? "",
    namespace: overrides.namespace ?? "",
    access: overrides.access ?? "auto",
    scheme: overrides.scheme ?? "auto",
    pathPrefix: overrides.pathPrefix ?? "",
    routes: {
      query: overrides.routes?.query ?? "",
      tail: overrides.routes?.tail ?? "",
      push: overrides.routes?.push ?? "",
      admin: overrides.routes?.admin ?? "",
    },
  };
}

export type KubernetesField =
  | "namespace"
  | "pathPrefix"
  | "tenants"
  | "traceLinks"
  | "prometheus"
  | `route.${LokiRole}`;
export type KubernetesProblem = "namespace" | "pathPrefix" | "route" | "tenant" | "traceLink" | "prometheus" | "url";

const DNS_LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const DNS_NAME = `${DNS_LABEL}(?:\\.${DNS_LABEL})*`;
const NAMESPACE = new RegExp(`^${DNS_LABEL}$`);
const ROUTE = new RegExp(`^${DNS_LABEL}/(?:pod/)?${DNS_NAME}:[1-9]\\d{0,4}$`);

export function kubernetesProblems(
  draft: KubernetesDraft,
): Partial<Readonly<Record<KubernetesField, KubernetesProblem>>> {
  const problems: Partial<Record<KubernetesField, KubernetesProblem>> = { ...commonProblems(draft, true) };
  if (draft.namespace !== "" && !NAMESPACE.test(draft.namespace.trim())) problems.namespace = "namespace";
  if (draft.pathPrefix.trim() !== "" && !/^\/[^\s?#]*$/.test(draft.pathPrefix.trim()))
    problems.pathPrefix = "pathPrefix";
  for (const role of LOKI_ROLES) {
    const route = draft.routes[role].trim();
    if (route !== "" && !ROUTE.test(route)) problems[`route.${role}`] = "route";
  }
  return problems;
}

/** The draft as a configuration, parsed by the schema of the door. */
export function kubernetesFromDraft(config: KubernetesConfig, draft: KubernetesDraft): SiteConfig {
  const texts = { name: draft.name, namespace: draft.namespace, pathPrefix: draft.pathPrefix };
  const routes = Object.fromEntries(
    LOKI_ROLES.map((role) => [role, draft.routes[role].trim()] as const).filter(([, route]) => route !== ""),
  );
  const overrides = {
    ...Object.fromEntries(
      Object.entries(texts)
        .map(([name, value]) => [name, value.trim()] as const)
        .filter(([, value]) => value !== ""),
    ),
    ...(draft.access === "auto" ? {} : { access: draft.access }),
    ...(draft.scheme === "auto" ? {} : { scheme: draft.scheme }),
    ...(Object.keys(routes).length === 0 ? {} : { routes }),
  };
  return siteConfigSchema.parse({
    kind: "kubernetes",
    file: config.file,
    context: config.context,
    overrides,
    ...commonFromDraft(draft),
  });
}

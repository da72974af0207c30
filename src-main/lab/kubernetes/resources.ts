/** One resource that the API serves. */
export interface KubeResource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly {
    readonly name: string;
    readonly kind: string;
    readonly verbs: readonly string[];
    readonly group?: string;
    readonly version?: string;
  }[];
}

const STORED_VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"];

function resource(
  groupVersion: string,
  plural: string,
  kind: string,
  more: Partial<Pick<KubeResource, "namespaced" | "shortNames" | "categories" | "subresources">> = {},
): KubeResource {
  const [group = "", version = "v1"] = groupVersion.includes("/") ? groupVersion.split("/") : ["", groupVersion];
  return {
    group,
    version,
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced: more.namespaced ?? true,
    shortNames: more.shortNames ?? [],
    categories: more.categories ?? [],
    subresources: more.subresources ?? [],
  };
}

const STATUS = ["get", "patch", "update"];

function statusOf(kind: string): KubeResource["subresources"] {
  return [{ name: "status", kind, verbs: STATUS }];
}

function scalable(kind: string): KubeResource["subresources"] {
  return [
    { name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: STATUS },
    { name: "status", kind, verbs: STATUS },
  ];
}

/** Everything that is stored. */
export const RESOURCES: readonly KubeResource[] = [
  resource("v1", "configmaps", "ConfigMap", { shortNames: ["cm"] }),
  resource("v1", "endpoints", "Endpoints", { shortNames: ["ep"] }),
  resource("v1", "events", "Event", { shortNames: ["ev"] }),
  resource("v1", "namespaces", "Namespace", {
    namespaced: false,
    shortNames: ["ns"],
    subresources: statusOf("Namespace"),
  }),
  resource("v1", "nodes", "Node", { namespaced: false, shortNames: ["no"], subresources: statusOf("Node") }),
  resource("v1", "persistentvolumeclaims", "PersistentVolumeClaim", {
    shortNames: ["pvc"],
    subresources: statusOf("PersistentVolumeClaim"),
  }),
  resource("v1", "pods", "Pod", {
    shortNames: ["po"],
    categories: ["all"],
    subresources: [
      { name: "eviction", kind: "Eviction", group: "policy", version: "v1", verbs: ["create"] },
      { name: "log", kind: "Pod", verbs: ["get"] },
      { name: "portforward", kind: "PodPortForwardOptions", verbs: ["create", "get"] },
      { name: "proxy", kind: "PodProxyOptions", verbs: ["create", "delete", "get", "patch", "update"] },
      { name: "status", kind: "Pod", verbs: STATUS },
    ],
  }),
  resource("v1", "secrets", "Secret"),
  resource("v1", "serviceaccounts", "ServiceAccount", { shortNames: ["sa"] }),
  resource("v1", "services", "Service", {
    shortNames: ["svc"],
    categories: ["all"],
    subresources: [
      { name: "proxy", kind: "ServiceProxyOptions", verbs: ["create", "delete", "get", "patch", "update"] },
      ...statusOf("Service"),
    ],
  }),
  resource("apps/v1", "controllerrevisions", "ControllerRevision"),
  resource("apps/v1", "daemonsets", "DaemonSet", {
    shortNames: ["ds"],
    categories: ["all"],
    subresources: statusOf("DaemonSet"),
  }),
  resource("apps/v1", "deployments", "Deployment", {
    shortNames: ["deploy"],
    categories: ["all"],
    subresources: scalable("Deployment"),
  }),
  resource("apps/v1", "replicasets", "ReplicaSet", {
    shortNames: ["rs"],
    categories: ["all"],
    subresources: scalable("ReplicaSet"),
  }),
  resource("apps/v1", "statefulsets", "StatefulSet", {
    shortNames: ["sts"],
    categories: ["all"],
    subresources: scalable("StatefulSet"),
  }),
  resource("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", {
    shortNames: ["hpa"],
    categories: ["all"],
    subresources: statusOf("HorizontalPodAutoscaler"),
  }),
  resource("coordination.k8s.io/v1", "leases", "Lease"),
  resource("discovery.k8s.io/v1", "endpointslices", "EndpointSlice"),
  resource("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", {
    shortNames: ["pdb"],
    subresources: statusOf("PodDisruptionBudget"),
  }),
  resource("rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", { namespaced: false }),
  resource("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", { namespaced: false }),
  resource("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding"),
  resource("rbac.authorization.k8s.io/v1", "roles", "Role"),
];

/** Resources that answer and store nothing. */
export const REVIEWS = [
  { group: "authorization.k8s.io", version: "v1", plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview" },
  { group: "authorization.k8s.io", version: "v1", plural: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview" },
  { group: "authentication.k8s.io", version: "v1", plural: "selfsubjectreviews", kind: "SelfSubjectReview" },
] as const;

export function findResource(group: string, version: string, plural: string): KubeResource | null {
  return RESOURCES.find((each) => each.group === group && each.version === version && each.plural === plural) ?? null;
}

/** One of `RESOURCES` by group and plural; an error for what is none: the lab asks for what it serves. */
export function knownResource(group: string, plural: string): KubeResource {
  const found = RESOURCES.find((each) => each.group === group && each.plural === plural);
  if (found === undefined) throw new Error(`the lab serves no ${plural}`);
  return found;
}

/** Whether a kind keeps its status apart: a write of the object then leaves it alone. */
export function hasStatus({ subresources }: KubeResource): boolean {
  return subresources.some(({ name }) => name === "status");
}

export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === "" ? version : `${group}/${version}`;
}

/** `GET /api`, `/apis`, `/api/v1`, `/apis/{group}`, `/apis/{group}/{version}`; `null` for what is no discovery path. */
export function discover(path: string): unknown {
  if (path === "/api") {
    return {
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: "127.0.0.1" }],
    };
  }
  if (path === "/apis") return { kind: "APIGroupList", apiVersion: "v1", groups: groupNames().map(groupObject) };
  const group = /^\/apis\/([^/]+)$/.exec(path)?.[1];
  if (group !== undefined && groupNames().includes(group))
    return { kind: "APIGroup", apiVersion: "v1", ...groupObject(group) };
  const [, core, name, version = ""] = /^\/(?:(api)|apis\/([^/]+))\/([^/]+)$/.exec(path) ?? [];
  const wanted = core === undefined ? (name ?? "") : "";
  if (!versionsOf(wanted).includes(version)) return null;
  return {
    kind: "APIResourceList",
    ...(wanted === "" ? {} : { apiVersion: "v1" }),
    groupVersion: apiVersionOf({ group: wanted, version }),
    resources: [...storedEntries(wanted, version), ...reviewEntries(wanted)],
  };
}

/** Every group and version that is served, the core as an empty group. */
export function groupVersions(): readonly { readonly group: string; readonly version: string }[] {
  return ["", ...groupNames()].flatMap((group) => versionsOf(group).map((version) => ({ group, version })));
}

function groupNames(): string[] {
  const names = [...RESOURCES, ...REVIEWS].map(({ group }) => group).filter((group) => group !== "");
  return [...new Set(names)];
}

function versionsOf(wanted: string): string[] {
  return [...new Set([...RESOURCES, ...REVIEWS].filter(({ group }) => group === wanted).map(({ version }) => version))];
}

function groupObject(name: string): Record<string, unknown> {
  const versions = versionsOf(name).map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] };
}

function storedEntries(group: string, version: string): unknown[] {
  return RESOURCES.filter((each) => each.group === group && each.version === version).flatMap((each) => [
    {
      name: each.plural,
      singularName: each.singular,
      namespaced: each.namespaced,
      kind: each.kind,
      verbs: STORED_VERBS,
      ...(each.shortNames.length === 0 ? {} : { shortNames: each.shortNames }),
      ...(each.categories.length === 0 ? {} : { categories: each.categories }),
    },
    ...each.subresources.map((sub) => ({
      name: `${each.plural}/${sub.name}`,
      singularName: "",
      namespaced: each.namespaced,
      ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ]);
}

function reviewEntries(group: string): unknown[] {
  return REVIEWS.filter((each) => each.group === group).map((each) => ({
    name: each.plural,
    singularName: each.kind.toLowerCase(),
    namespaced: false,
    kind: each.kind,
    verbs: ["create"],
  }));
}

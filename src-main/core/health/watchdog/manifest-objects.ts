/** What the manifests are made of. */
export interface ManifestPlaces {
  /** Loki's: where pods are read and conditions are set, and where the Lease is. */
  readonly lokiNamespace: string;
  /** The watchdog's own. */
  readonly namespace: string;
  readonly image: string;
  /** `name/key` of the ConfigMap whose values go back when their time is over; `null` for none. */
  readonly limitsConfigMap: string | null;
}

export const WATCHDOG_NAME = "kubemate-watchdog";
export const METRICS_PORT = 9464;
const NUMBERED_USER = 65_532;

const LABELS = { "app.kubernetes.io/name": WATCHDOG_NAME, "app.kubernetes.io/managed-by": "kubemate" };
const SELECTED = { "app.kubernetes.io/name": WATCHDOG_NAME };

/** All objects of the watchdog, in the order in which they can be made. */
export function watchdogObjects(places: ManifestPlaces): readonly object[] {
  return [serviceAccount(places), role(places), roleBinding(places), deployment(places), disruptionBudget(places)];
}

function metadata(namespace: string): object {
  return { name: WATCHDOG_NAME, namespace, labels: LABELS };
}

function serviceAccount({ namespace }: ManifestPlaces): object {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: metadata(namespace),
    automountServiceAccountToken: false,
  };
}

/** Of one namespace, and the least: RBAC cannot bind `create` to a name, nor a proxy to a path. */
function role({ lokiNamespace, limitsConfigMap }: ManifestPlaces): object {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: metadata(lokiNamespace),
    rules: [
      { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
      { apiGroups: [""], resources: ["pods/proxy"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods/status"], verbs: ["patch"] },
      { apiGroups: ["apps"], resources: ["statefulsets"], verbs: ["list"] },
      { apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["list"] },
      { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
      {
        apiGroups: ["coordination.k8s.io"],
        resources: ["leases"],
        resourceNames: [WATCHDOG_NAME],
        verbs: ["get", "update"],
      },
      ...(limitsConfigMap === null ? [] : [limitsRule(limitsConfigMap)]),
    ],
  };
}

/** Of the one ConfigMap: RBAC does not go down to its keys. */
function limitsRule(limitsConfigMap: string): object {
  const [name = ""] = limitsConfigMap.split("/");
  return { apiGroups: [""], resources: ["configmaps"], resourceNames: [name], verbs: ["get", "patch"] };
}

function roleBinding({ lokiNamespace, namespace }: ManifestPlaces): object {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: metadata(lokiNamespace),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: WATCHDOG_NAME },
    subjects: [{ kind: "ServiceAccount", name: WATCHDOG_NAME, namespace }],
  };
}

function deployment({ lokiNamespace, namespace, image, limitsConfigMap }: ManifestPlaces): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadata(namespace),
    spec: {
      replicas: 2,
      selector: { matchLabels: SELECTED },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: WATCHDOG_NAME,
          automountServiceAccountToken: true,
          terminationGracePeriodSeconds: 30,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: NUMBERED_USER,
            runAsGroup: NUMBERED_USER,
            seccompProfile: { type: "RuntimeDefault" },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: SELECTED },
            },
          ],
          containers: [container(image, lokiNamespace, limitsConfigMap)],
        },
      },
    },
  };
}

function container(image: string, lokiNamespace: string, limitsConfigMap: string | null): object {
  const probe = (path: string) => ({ httpGet: { path, port: "metrics" }, timeoutSeconds: 3 });
  return {
    name: "watchdog",
    image,
    args: [
      "watchdog",
      "--namespace",
      lokiNamespace,
      "--metrics-listen",
      `$(POD_IP):${METRICS_PORT}`,
      ...(limitsConfigMap === null ? [] : ["--limits-config-map", limitsConfigMap]),
    ],
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ],
    ports: [{ name: "metrics", containerPort: METRICS_PORT }],
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    livenessProbe: { ...probe("/healthz"), initialDelaySeconds: 20, periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { ...probe("/readyz"), periodSeconds: 10, failureThreshold: 3 },
  };
}

function disruptionBudget({ namespace }: ManifestPlaces): object {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata(namespace),
    spec: { minAvailable: 1, selector: { matchLabels: SELECTED } },
  };
}

/** For the Prometheus operator, whose kinds are not Kubernetes' own. */
export function podMonitor({ namespace }: ManifestPlaces): object {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: metadata(namespace),
    spec: {
      selector: { matchLabels: SELECTED },
      podMetricsEndpoints: [{ port: "metrics", path: "/metrics", interval: "15s" }],
    },
  };
}

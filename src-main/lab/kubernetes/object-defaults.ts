import { isRecord } from "./field-set.ts";
import type { KubeObject } from "./kube-object.ts";
import type { KubeResource } from "./resources.ts";

const POD_DEFAULTS = {
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  securityContext: {},
  schedulerName: "default-scheduler",
};

const CONTAINER_DEFAULTS = {
  resources: {},
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  imagePullPolicy: "IfNotPresent",
};

function withPodDefaults(spec: unknown): unknown {
  if (!isRecord(spec)) return spec;
  const containers = Array.isArray(spec.containers)
    ? spec.containers.map((each: unknown) => (isRecord(each) ? { ...CONTAINER_DEFAULTS, ...each } : each))
    : [];
  const account = spec.serviceAccountName ?? spec.serviceAccount;
  return {
    ...POD_DEFAULTS,
    ...spec,
    containers,
    ...(account === undefined ? {} : { serviceAccountName: account, serviceAccount: account }),
  };
}

function withTemplateDefaults(spec: Record<string, unknown>): Record<string, unknown> {
  const { template } = spec;
  if (!isRecord(template)) return spec;
  return { ...spec, template: { ...template, spec: withPodDefaults(template.spec) } };
}

/** What the API server fills in where a client says nothing; an object that is complete comes back as it is. */
export function withDefaults({ kind }: KubeResource, object: KubeObject): KubeObject {
  const { spec } = object;
  switch (kind) {
    case "Deployment":
      return {
        ...object,
        spec: withTemplateDefaults({
          replicas: 1,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
          revisionHistoryLimit: 10,
          progressDeadlineSeconds: 600,
          ...spec,
        }),
      };
    case "StatefulSet":
      return {
        ...object,
        spec: withTemplateDefaults({
          replicas: 1,
          podManagementPolicy: "OrderedReady",
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
          revisionHistoryLimit: 10,
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          ...spec,
        }),
      };
    case "ReplicaSet":
      return { ...object, spec: withTemplateDefaults({ replicas: 1, ...spec }) };
    case "Pod": {
      const filled = withPodDefaults(spec);
      return isRecord(filled) ? { ...object, spec: filled } : object;
    }
    case "Secret":
      return { type: "Opaque", ...object };
    case "Service":
      return { ...object, spec: { type: "ClusterIP", sessionAffinity: "None", ...spec } };
    default:
      return object;
  }
}

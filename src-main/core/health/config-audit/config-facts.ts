/** What the audit looks at. Whatever could not be read is `null`; a rule that needs it then says nothing. */
export interface ConfigFacts {
  /** `GET /config` of one component, parsed from YAML: every value, defaults included. */
  readonly config: unknown;
  readonly workloads: readonly WorkloadFacts[] | null;
  readonly bucket: BucketFacts | null;
}

/** A StatefulSet or Deployment of Loki with what matters of its pods. */
export interface WorkloadFacts {
  readonly kind: "StatefulSet" | "Deployment" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
  readonly component: string;
  readonly replicas: number;
  /** Names of the nodes its pods run on. */
  readonly nodes: readonly string[];
  readonly qos: "Guaranteed" | "Burstable" | "BestEffort" | null;
  readonly hasDisruptionBudget: boolean;
  /** Mount paths on volumes that outlive the pod, with the volume's name. */
  readonly persistentMounts: readonly { readonly path: string; readonly volume: string }[];
}

export interface BucketFacts {
  readonly name: string;
  readonly versioning: boolean | null;
  /** Days after which the shortest lifecycle rule expires current objects; `null` without one. */
  readonly expiresAfterDays: number | null;
}

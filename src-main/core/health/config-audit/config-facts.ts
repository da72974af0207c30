/** What the audit looks at. Whatever could not be read is `null`; a rule that needs it then says nothing. */
export interface ConfigFacts {
  /** `GET /config` of one component, parsed from YAML: every value, defaults included. Or a file of Loki's, as it is. */
  readonly config: unknown;
  /** The text it was parsed from, and a file's name for it: what patches are made for. */
  readonly source: { readonly file: string; readonly text: string } | null;
  readonly workloads: readonly WorkloadFacts[] | null;
  readonly bucket: BucketFacts | null;
}

/** A StatefulSet or Deployment of Loki with what matters of its pods. */
export interface WorkloadFacts {
  readonly kind: "StatefulSet" | "Deployment";
  readonly namespace: string;
  readonly name: string;
  readonly component: string;
  readonly replicas: number;
  /** Names of the nodes its pods run on; empty where pods could not be read. */
  readonly nodes: readonly string[];
  readonly qos: "Guaranteed" | "Burstable" | "BestEffort" | null;
  /** `null` where budgets or pods could not be read. */
  readonly hasDisruptionBudget: boolean | null;
  /** Mount paths on volumes that outlive the pod, with the volume's name. */
  readonly persistentMounts: readonly { readonly path: string; readonly volume: string }[];
  /** Labels by which it finds its pods. */
  readonly selector: Readonly<Record<string, string>>;
  readonly containers: readonly ContainerFacts[];
}

/** A container with the amounts of CPU and memory that it asks for, as its manifest words them. */
export interface ContainerFacts {
  readonly name: string;
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export interface BucketFacts {
  readonly name: string;
  readonly versioning: boolean | null;
  /** Days after which the shortest lifecycle rule expires current objects; `null` without one. */
  readonly expiresAfterDays: number | null;
}

import { z } from "zod";

/** The parts of Kubernetes' objects that the console reads, in a form of its own; everything else is dropped while parsing. */
export interface Container {
  readonly name: string;
  readonly image: string;
  /** Command and arguments in one list. */
  readonly args: readonly string[];
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly restarts: number;
  readonly ready: boolean;
  /** Whether an earlier run of it ended, so that there is a previous log. */
  readonly hasPrevious: boolean;
  /** It runs or has run: there is a log to ask for. */
  readonly started: boolean;
  readonly init: boolean;
}

export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly phase: string;
  /** Condition `Ready`, and not being deleted. */
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly node: string;
  readonly containers: readonly Container[];
  /** Names of the ConfigMaps mounted as volumes. */
  readonly configMaps: readonly string[];
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: string;
}

export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>>;
  readonly headless: boolean;
  readonly ports: readonly ServicePort[];
}

export interface ConfigMap {
  readonly name: string;
  readonly resourceVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const metadata = z.object({
  name: z.string(),
  namespace: text,
  uid: text,
  labels,
  deletionTimestamp: z.string().nullish(),
});

const containerSchema = z.object({
  name: z.string(),
  image: text,
  command: z.array(z.string()).nullish(),
  args: z.array(z.string()).nullish(),
  ports: z.array(z.object({ name: text, containerPort: z.number() })).nullish(),
});
const stateSchema = z.object({ running: z.unknown(), terminated: z.unknown() }).partial().nullish();
const statusSchema = z.object({
  name: z.string(),
  ready: z.boolean().nullish(),
  restartCount: z.number().nullish(),
  state: stateSchema,
  lastState: stateSchema,
});

export const podSchema = z
  .object({
    metadata,
    spec: z.object({
      nodeName: text,
      containers: z.array(containerSchema).nullish(),
      initContainers: z.array(containerSchema).nullish(),
      volumes: z.array(z.object({ configMap: z.object({ name: text }).nullish() })).nullish(),
    }),
    status: z
      .object({
        phase: text,
        conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish(),
        containerStatuses: z.array(statusSchema).nullish(),
        initContainerStatuses: z.array(statusSchema).nullish(),
      })
      .nullish(),
  })
  .transform(({ metadata: meta, spec, status }): Pod => {
    const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
    const container = (init: boolean) => (raw: z.output<typeof containerSchema>) => {
      const state = statuses.find((candidate) => candidate.name === raw.name);
      return {
        name: raw.name,
        image: raw.image,
        args: [...(raw.command ?? []), ...(raw.args ?? [])],
        ports: (raw.ports ?? []).map(({ name, containerPort }) => ({ name, port: containerPort })),
        restarts: state?.restartCount ?? 0,
        ready: state?.ready ?? false,
        hasPrevious: isSet(state?.lastState?.terminated),
        started: isSet(state?.state?.running) || isSet(state?.state?.terminated) || isSet(state?.lastState?.terminated),
        init,
      };
    };
    const ready = status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") ?? false;
    const terminating = typeof meta.deletionTimestamp === "string";
    return {
      namespace: meta.namespace,
      name: meta.name,
      uid: meta.uid,
      labels: meta.labels,
      phase: status?.phase ?? "",
      ready: ready && !terminating,
      terminating,
      node: spec.nodeName,
      containers: [
        ...(spec.containers ?? []).map(container(false)),
        ...(spec.initContainers ?? []).map(container(true)),
      ],
      configMaps: (spec.volumes ?? []).flatMap(({ configMap }) => (configMap?.name ? [configMap.name] : [])),
    };
  });

export const serviceSchema = z
  .object({
    metadata,
    spec: z.object({
      selector: labels,
      clusterIP: text,
      ports: z
        .array(z.object({ name: text, port: z.number(), targetPort: z.union([z.string(), z.number()]).nullish() }))
        .nullish(),
    }),
  })
  .transform(({ metadata: meta, spec }): Service => ({
    namespace: meta.namespace,
    name: meta.name,
    labels: meta.labels,
    selector: spec.selector,
    headless: spec.clusterIP === "None",
    ports: (spec.ports ?? []).map(({ name, port, targetPort }) => ({
      name,
      port,
      targetPort: String(targetPort ?? port),
    })),
  }));

export const configMapSchema = z
  .object({ metadata: metadata.extend({ resourceVersion: text, annotations: labels }), data: labels })
  .transform(({ metadata: { name, resourceVersion, labels: own, annotations }, data }): ConfigMap => ({
    name,
    resourceVersion,
    labels: own,
    annotations,
    data,
  }));

export const namespaceSchema = z.object({ metadata }).transform(({ metadata: meta }) => meta.name);

export const versionSchema = z.object({ gitVersion: z.string().max(200), platform: text });

/** `authorization.k8s.io/v1 SelfSubjectAccessReview`. */
export const accessReviewSchema = z.object({ status: z.object({ allowed: z.boolean(), reason: text }) });

/** `authentication.k8s.io/v1 SelfSubjectReview`. */
export const selfReviewSchema = z.object({ status: z.object({ userInfo: z.object({ username: text }) }) });

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

import { randomBytes } from "node:crypto";
import type { LabStatus } from "../../src-shared/api/lab.api.ts";
import type { LabFault } from "../../src-shared/model/lab-fault.ts";
import type { Clock } from "../core/common/clock.ts";
import { bankApps } from "./cluster/bank-apps.ts";
import { collectorPods } from "./cluster/collectors.ts";
import { lokiComponents, podIdentities } from "./cluster/components.ts";
import { startControlServer } from "./control-server.ts";
import { listenOnLoopback } from "./http/listen.ts";
import { CollectorLog } from "./journal/collector-log.ts";
import { JournaledStream } from "./journal/journaled-stream.ts";
import { PodJournals } from "./journal/pod-journal.ts";
import { Authorizer } from "./kubernetes/authorizer.ts";
import { RUNTIME_CONFIG } from "./kubernetes/cluster-objects.ts";
import { kubeconfigYaml } from "./kubernetes/kubeconfig.ts";
import { KubernetesServer } from "./kubernetes/kubernetes-server.ts";
import { LabCluster } from "./kubernetes/lab-cluster.ts";
import { ComponentBackends } from "./kubernetes/pod-backends.ts";
import { followRuntimeConfig } from "./kubernetes/runtime-config.ts";
import { createServerIdentity } from "./kubernetes/self-signed.ts";
import { type ActingCount, ActingLog } from "./loki/acting-log.ts";
import { DeleteRequests } from "./loki/delete-requests.ts";
import { Faults } from "./loki/faults.ts";
import { LokiServer } from "./loki/loki-server.ts";
import { ClusterSimulation } from "./metrics/cluster-simulation.ts";
import { BucketSet } from "./s3/bucket-set.ts";
import { createS3Keys, type LabS3Keys } from "./s3/s3-keys.ts";
import { S3Server } from "./s3/s3-server.ts";
import { SimulatedProcesses } from "./simulated-processes.ts";
import { LimitsTable, type TenantLimits } from "./loki/tenant-limits.ts";
import { bucketStreams } from "./storage/bucket-streams.ts";
import { LabStorage } from "./storage/lab-storage.ts";
import { seedDeleteRequests } from "./seed-deletes.ts";
import { seedLines, type SeedRequest, type SeedResult } from "./seed.ts";
import type { LabStream } from "./store/stream.ts";
import { LogStore } from "./store/tenant-store.ts";
import { explodingTenants } from "./label-explosion.ts";
import { ChunkCache } from "./traffic/chunk-cache.ts";
import { GeneratedStream } from "./traffic/generated-stream.ts";
import type { Workload } from "./traffic/traffic-source.ts";
import {
  bankWorkloads,
  collectorWorkload,
  LAB_TENANTS,
  lokiWorkload,
  mislabelledStreams,
  PLATFORM_TENANT,
} from "./traffic/workloads.ts";

export interface LabOptions {
  readonly clock: Clock;
  /** All that is made up follows from it and from the clock. */
  readonly seed?: number;
  /** 0, the default, takes a free port. */
  readonly lokiPort?: number;
  readonly kubernetesPort?: number;
  readonly controlPort?: number;
  /** How far back the tenants' logs go; 24 by default, 0 for tenants without traffic. */
  readonly historyHours?: number;
  /** Limits by tenant, besides Loki's defaults. */
  readonly limits?: Readonly<Record<string, Partial<TenantLimits>>>;
  /** Bytes of generated chunks kept in memory. */
  readonly cacheBytes?: number;
  /** Within how many milliseconds a changed ConfigMap is in every pod's volume; 5,000 by default, 0 for at once. */
  readonly configPropagationMs?: number;
  /** Bytes that pushed streams of one tenant may hold before the oldest go. */
  readonly maxPushedBytes?: number;
  /** Bytes that the object store takes before it is full; 512 MiB by default. */
  readonly maxObjectBytes?: number;
  /** 0, the default, takes a free one. */
  readonly s3Port?: number;
}

/** A running lab: Loki and a Kubernetes API on loopback. */
export interface Lab extends AsyncDisposable {
  readonly lokiUrl: string;
  readonly kubernetesUrl: string;
  readonly controlUrl: string;
  readonly s3Url: string;
  /** Whom its object store knows. */
  readonly s3Keys: LabS3Keys;
  /** The text of a kubeconfig for its Kubernetes API. */
  readonly kubeconfig: string;
  status(): LabStatus;
  setFault(fault: LabFault, on: boolean): void;
  /** When what was asked of the bucket, damage or its end, has been done. */
  settled(): Promise<void>;
  /** Fills a tenant with lines for a bench. */
  seed(request: SeedRequest): SeedResult;
  /** How often a route that acts was asked for since the start, by method and pod. */
  acting(): readonly ActingCount[];
  close(): Promise<void>;
}

const MEGABYTE = 1024 * 1024;

/** The tenant that benches push to and seed: no rate stands in their way. */
export const BENCH_TENANT = "bench";
const BENCH_LIMITS: Partial<TenantLimits> = {
  ingestion_rate_mb: 1_024,
  ingestion_burst_size_mb: 1_024,
  per_stream_rate_limit: 1_024 * MEGABYTE,
  per_stream_rate_limit_burst: 1_024 * MEGABYTE,
};

/** Starts the lab; rejects when a port is taken. */
export async function createLab(options: LabOptions): Promise<Lab> {
  const { clock, seed = 1, historyHours = 24 } = options;
  const startedMs = clock.nowMs();
  const store = new LogStore(options.maxPushedBytes ?? 512 * MEGABYTE);
  const identities = lokiComponents().flatMap(podIdentities);
  const journals = new PodJournals();
  const workloads = bankWorkloads();
  const collectors = new CollectorLog(
    journals,
    collectorPods().map(({ name }) => name),
    workloads,
  );
  const simulation = new ClusterSimulation(seed, identities, startedMs, {
    runtimeConfig: RUNTIME_CONFIG,
    ...(options.configPropagationMs === undefined ? {} : { propagationMs: options.configPropagationMs }),
    log: (pod, atMs, level, text) => journals.of(pod).write(atMs, level, text),
    refused: (push) => collectors.refused(push),
  });
  const faults = new Faults({
    get ingesters() {
      return simulation.ingesters();
    },
    get pods() {
      return simulation.pods().map(({ name }) => name);
    },
    tenants: LAB_TENANTS,
  });
  faults.listen((fault, on) => simulation.setFault(fault, on, clock.nowMs()));
  const deletes = new DeleteRequests(clock, (nowMs) => simulation.compactor(nowMs));
  const acting = new ActingLog();
  if (historyHours > 0) seedDeleteRequests(deletes, startedMs);
  const loki = new LokiServer({
    store,
    deletes,
    acting,
    limits: new LimitsTable({ [BENCH_TENANT]: BENCH_LIMITS, ...options.limits }),
    faults,
    clock,
    simulation,
    lostInBucket: (tenant, labelText, startMs) => storage.lost(tenant, labelText, startMs),
    podLog: (pod, text) => {
      podStream("loki", pod);
      journals.of(pod).write(clock.nowMs(), "info", text);
    },
  });
  const cache = new ChunkCache(options.cacheBytes ?? 256 * MEGABYTE);
  const podStreams = new Map<string, LabStream>();
  // What is older than a day, or than the history asked for, is gone, however long the lab runs.
  const keptMs = Math.max(24, historyHours) * 3_600_000;
  const earliestMs = () => Math.max(startedMs - historyHours * 3_600_000, clock.nowMs() - keptMs);

  if (historyHours > 0) {
    for (const { tenant, namespace, pod, source } of workloads) {
      const stream = new GeneratedStream({ source, tenant, seed, clock, cache, earliestMs });
      store.tenant(tenant).addGenerated(stream);
      podStreams.set(`${namespace}/${pod}`, stream);
    }
  }
  if (historyHours > 0) {
    const tenant = PLATFORM_TENANT;
    for (const source of mislabelledStreams(seed))
      store.tenant(tenant).addGenerated(new GeneratedStream({ source, tenant, seed, clock, cache, earliestMs }));
  }
  const exploding = explodingTenants({ store, simulation, clock, seed, limits: new LimitsTable(options.limits) });
  faults.listen((fault, on) => exploding(fault, on));
  // What a process did by now is in its log when that is read.
  const settle = () => simulation.advance(clock.nowMs());
  // The pods of Loki and the collectors log for a day back, whatever history the tenants have.
  const platform = [
    ...lokiComponents().flatMap(({ target, pods }) => pods.map(({ name }) => lokiWorkload(target, name))),
    ...collectorPods().map(({ name }) => collectorWorkload(name)),
  ];
  for (const { tenant, namespace, pod, source } of platform) {
    const lastDayMs = () => startedMs - 86_400_000;
    const own = new GeneratedStream({ source, tenant: "loki", seed, clock, cache, earliestMs: lastDayMs });
    const stream = new JournaledStream(own, journals.of(pod), settle);
    podStreams.set(`${namespace}/${pod}`, stream);
    if (historyHours > 0) store.tenant(tenant).addGenerated(stream);
  }

  /** What a pod writes; one that has taken the place of another writes as its predecessor. */
  const podStream = (namespace: string, pod: string): LabStream | null => {
    const known = podStreams.get(`${namespace}/${pod}`);
    if (known !== undefined) return known;
    const workload = replacement(namespace, pod);
    if (workload === null) return null;
    const bornMs = clock.nowMs();
    const { source, tenant } = workload;
    const own = new GeneratedStream({ source, tenant: namespace, seed, clock, cache, earliestMs: () => bornMs });
    const stream = namespace === "loki" ? new JournaledStream(own, journals.of(pod), settle) : own;
    podStreams.set(`${namespace}/${pod}`, stream);
    if (namespace === "loki" && historyHours > 0) store.tenant(tenant).addGenerated(stream);
    return stream;
  };

  const keys = createS3Keys();
  const buckets = new BucketSet(() => clock.nowMs(), options.maxObjectBytes ?? 512 * MEGABYTE);
  const storage = new LabStorage({
    buckets,
    clock,
    seed,
    streams:
      historyHours === 0
        ? []
        : bucketStreams({ workloads, seed, clock, startedMs, historyHours, ingesters: simulation.ingesters() }),
  });
  faults.listen((fault, on) => storage.setFault(fault, on));
  const s3 = new S3Server({
    buckets,
    keys,
    clock,
    settle: (bucket) => storage.settle(bucket),
    state: () => (faults.has("object-store-down") ? "down" : faults.has("store-slow") ? "slow" : "well"),
  });
  const backends = new ComponentBackends(({ target, ...pod }) =>
    target === "minio" ? s3.start(0) : loki.startPod({ ...pod, target }),
  );
  // As old as the cluster.
  const createdMs = Math.floor(clock.nowMs() / 1_000) * 1_000 - 86_400_000;
  const cluster = new LabCluster(clock, new SimulatedProcesses(backends, simulation, clock, createdMs));
  await cluster.build(bankApps(workloads), keys);
  simulation.listen(() => cluster.wake());
  followRuntimeConfig(cluster.store, (text) => simulation.setRuntimeConfig(text, clock.nowMs()));
  const identity = createServerIdentity();
  const adminToken = randomBytes(24).toString("base64url");
  const viewerToken = randomBytes(24).toString("base64url");
  const kubernetes = new KubernetesServer({
    cluster,
    backends,
    authorizer: new Authorizer(adminToken, viewerToken),
    podStreams: (namespace, pod) => {
      return podStream(namespace, pod);
    },
    clock,
    identity,
  });

  const lokiListening = await loki.start("all", options.lokiPort ?? 0);
  const s3Listening = await s3.start(options.s3Port ?? 0);
  const kubernetesListening = await listenOnLoopback(kubernetes.server, options.kubernetesPort ?? 0);
  const lokiUrl = `http://127.0.0.1:${lokiListening.port}`;
  const s3Url = `http://127.0.0.1:${s3Listening.port}`;
  const kubernetesUrl = `https://127.0.0.1:${kubernetesListening.port}`;
  const kubeconfig = kubeconfigYaml({ url: kubernetesUrl, ca: identity.ca, adminToken, viewerToken });
  const parts = {
    status: (): LabStatus => ({
      running: true,
      lokiUrl,
      kubernetesUrl,
      s3Url,
      tenants: [...LAB_TENANTS],
      ingesters: [...simulation.ingesters()],
      pods: simulation.pods().map(({ name }) => name),
      faults: faults.list(),
    }),
    setFault: (fault: LabFault, on: boolean) => faults.set(fault, on),
    seed: (request: SeedRequest) => seedLines(store, request),
    settled: () => storage.settled(),
    acting: () => acting.list(),
  };
  const control = await startControlServer(parts, options.controlPort ?? 0);
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      loki.close();
      storage.close();
      cluster.close();
      const servers = [lokiListening, kubernetesListening, s3Listening, control];
      await Promise.all([...servers.map((server) => server.close()), backends.closeAll()]);
    })();
    return closing;
  };
  return {
    lokiUrl,
    kubernetesUrl,
    s3Url,
    s3Keys: keys,
    controlUrl: `http://127.0.0.1:${control.port}`,
    kubeconfig,
    ...parts,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The workload of a pod that took the place of another. */
function replacement(namespace: string, pod: string): Workload | null {
  if (namespace === "loki") {
    const component = lokiComponents().find(({ target }) => pod.startsWith(`loki-${target}-`));
    return component === undefined ? null : lokiWorkload(component.target, pod);
  }
  const kin = bankWorkloads().find((each) => each.namespace === namespace && pod.startsWith(`${each.app}-`));
  return kin === undefined ? null : { ...kin, source: { ...kin.source, labels: { ...kin.source.labels, pod } } };
}

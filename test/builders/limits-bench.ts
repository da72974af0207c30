import { createHash } from "node:crypto";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parse } from "yaml";
import { createDirectTransport } from "../../src-main/core/clusters/adapters/direct-transport.ts";
import type { KubernetesClient } from "../../src-main/core/clusters/kubernetes-client.ts";
import { statusFailure } from "../../src-main/core/clusters/kubernetes-status.ts";
import { type Clock, systemClock } from "../../src-main/core/common/clock.ts";
import type { HealthSite } from "../../src-main/core/health/health-site.ts";
import { sendFailure } from "../../src-main/core/health/operations/adapters/acting-request.ts";
import { transportActions } from "../../src-main/core/health/operations/adapters/transport-actions.ts";
import { workloadPatches } from "../../src-main/core/health/operations/adapters/workload-patches.ts";
import { parseExposition } from "../../src-main/core/health/scraping/exposition-parser.ts";
import type { ScrapeTarget } from "../../src-main/core/health/scraping/scrape-target.ts";
import { mayUseTenant } from "../../src-main/core/identity/tenant-scope.ts";
import type { JobContext } from "../../src-main/core/jobs/job-definition.ts";
import { JobEngine } from "../../src-main/core/jobs/job-engine.ts";
import { JobStore } from "../../src-main/core/jobs/job-store.ts";
import { ChangeBook } from "../../src-main/core/tenants/changes/change-book.ts";
import { NO_FACTS, type SiteLimitFacts } from "../../src-main/core/tenants/changes/change-facts.ts";
import type { FoundRuntime } from "../../src-main/core/tenants/changes/changes-parts.ts";
import { ChangesService } from "../../src-main/core/tenants/changes/changes.service.ts";
import type { LimitsChangeInput } from "../../src-main/core/tenants/changes/limits-change.job.ts";
import { runtimeMapStore } from "../../src-main/core/tenants/changes/runtime-map-store.ts";
import type { RuntimeMapStore } from "../../src-main/core/tenants/changes/runtime-map.ts";
import type { Lab } from "../../src-main/lab/lab.ts";
import { type JobId, siteIdSchema } from "../../src-shared/model/ids.ts";
import type { Job } from "../../src-shared/model/job.ts";
import {
  type LimitChange,
  limitChangeReportSchema,
  type LimitChangeReport,
  type LimitPlan,
} from "../../src-shared/model/tenants/limit-change.ts";
import type { LimitYaml } from "../../src-shared/model/tenants/limit.ts";
import { ClusterBench } from "./cluster-bench.ts";
import { kubernetesClient, type AskKubernetes } from "./lab-kubernetes-client.ts";
import { quietLab } from "./lab-loki.ts";
import { RecordingAnnouncer } from "./recording-announcer.ts";

const never = new AbortController().signal;
const forever = new Promise<never>(() => undefined);
export const CHANGER = { principal: "ops", role: "admin", tenants: { kind: "every" } } as const;
export const BENCH_SITE = siteIdSchema.parse("lab");
export const MAP_PATH = "/api/v1/namespaces/loki/configmaps/loki-limits";
const FOUND: FoundRuntime = {
  place: {
    namespace: "loki",
    name: "loki-limits",
    key: "overrides.yaml",
    resourceVersion: "",
    mountedBy: ["StatefulSet loki-ingester"],
    managedBy: null,
    file: "/etc/loki/limits/overrides.yaml",
  },
  files: ["/etc/loki/limits/overrides.yaml"],
  mountedBySubPath: false,
};

/** A process that follows the ConfigMap as Loki does, so long after it was written. */
export class FollowingProcess {
  readonly instance: string;
  /** After which it takes a new file. */
  lateMs = 0;
  stuck = false;
  silent = false;
  /** What its Loki makes of a file. */
  refuses: (text: string) => boolean = () => false;
  #loaded: string;
  #seen: { readonly text: string; readonly atMs: number };
  #successful = true;

  constructor(instance: string, text: string) {
    this.instance = instance;
    this.#loaded = text;
    this.#seen = { text, atMs: 0 };
  }

  metrics(text: string, nowMs: number): string {
    if (text !== this.#seen.text) this.#seen = { text, atMs: nowMs };
    if (!this.stuck && nowMs - this.#seen.atMs >= this.lateMs) {
      this.#successful = !this.refuses(text);
      if (this.#successful) this.#loaded = text;
    }
    const hash = createHash("sha256")
      .update(JSON.stringify(parse(this.#loaded) ?? null))
      .digest("hex");
    return [
      `loki_runtime_config_hash{config="loki",sha256="${hash}"} 1`,
      `loki_runtime_config_last_reload_successful{config="loki"} ${this.#successful ? 1 : 0}`,
      "",
    ].join("\n");
  }
}

/** Every step that a running change takes towards the outside; the console can die at each of them. */
export type ChangeEvent = "commit" | "read" | "write" | "written" | "scrape";

interface Life {
  over: boolean;
}

/**
 * Changes of limits over the lab's Kubernetes API, with processes made by hand that follow the ConfigMap. Time goes on when
 * somebody sleeps.
 */
export class LimitsBench implements AsyncDisposable {
  readonly lab: Lab;
  readonly ask: AskKubernetes;
  readonly announcer = new RecordingAnnouncer();
  readonly processes: FollowingProcess[];
  facts: SiteLimitFacts = { ...NO_FACTS, version: "3.7.6" };
  found: FoundRuntime = FOUND;
  published: Readonly<Record<string, LimitYaml>> | null = null;
  nowMs = Date.UTC(2026, 10, 22, 12);
  readonly events: ChangeEvent[] = [];
  /** Of the events so far: whether the console dies before what comes next. */
  diesAt: (event: ChangeEvent, count: number) => boolean = () => false;
  /** Stands between the changes and the API server. */
  intercept: (store: RuntimeMapStore) => RuntimeMapStore = (store) => store;
  limitMs = 300_000;
  service!: ChangesService;
  engine!: JobEngine;
  book!: ChangeBook;
  client!: KubernetesClient;
  clock!: Clock;
  readonly #cluster: ClusterBench;
  readonly #stack = new AsyncDisposableStack();
  #life: Life = { over: false };
  #site!: HealthSite;
  #writes = 0;

  private constructor(lab: Lab, text: string) {
    this.lab = lab;
    this.ask = kubernetesClient(lab);
    this.processes = ["loki-distributor-a", "loki-ingester-0", "loki-querier-b"].map(
      (name) => new FollowingProcess(name, text),
    );
    this.#cluster = this.#stack.use(new ClusterBench());
    this.#stack.defer(() => lab.close());
  }

  static async open(text: string): Promise<LimitsBench> {
    const { lab } = await quietLab(Date.UTC(2026, 10, 22, 12));
    const bench = new LimitsBench(lab, text);
    await bench.ask("POST", "/api/v1/namespaces/loki/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "loki-limits", namespace: "loki", annotations: { owner: "sre" } },
      data: { "overrides.yaml": text, "other.txt": "left alone" },
    });
    bench.client = await bench.#cluster.client(lab.kubeconfig);
    bench.#site = bench.#siteThrough(bench.client);
    bench.start();
    return bench;
  }

  /** A console's changes and jobs, over what an earlier one left on disk. */
  start(): void {
    const life = this.#life;
    this.clock = {
      nowMs: () => this.nowMs,
      sleep: async (ms) => {
        await nextTurn();
        if (life.over) await forever;
        this.nowMs += ms;
      },
      after: (ms, callback) => systemClock.after(ms, callback),
    };
    this.book = new ChangeBook(join(this.#cluster.folder.path, "limit-changes.db"));
    this.service = new ChangesService({
      openSite: () => Promise.resolve(this.#site),
      findRuntime: () => Promise.resolve(this.found),
      facts: () => Promise.resolve(this.facts),
      publishedLimits: () => Promise.resolve(this.published),
      maps: (client) => this.#store(client, life),
      parseExposition,
      auditedChanges: () => [],
      mayUse: mayUseTenant,
      jobs: () => this.engine,
      book: this.book,
      clock: this.clock,
      announcer: this.announcer,
      logger: this.#cluster.logger,
      convergence: { limitMs: this.limitMs, everyMs: 5_000 },
    });
    const { job } = this.service;
    this.engine = new JobEngine({
      store: new JobStore(join(this.#cluster.folder.path, "jobs.db")),
      definitions: [
        {
          ...job,
          run: (context: JobContext<LimitsChangeInput, LimitChangeReport>) =>
            job.run({
              ...context,
              commit: async (report) => {
                await this.#event("commit", life);
                await context.commit(report);
              },
            }),
        },
      ],
      maxRunning: 2,
      clock: this.clock,
      logger: this.#cluster.logger,
      announcer: this.announcer,
    });
  }

  /** The console dies where it stands; what it was doing never comes back, and another one opens the same profile. */
  dieAndStart(): void {
    this.#life.over = true;
    this.#life = { over: false };
    this.diesAt = () => false;
    this.start();
  }

  plan(change: LimitChange): Promise<LimitPlan> {
    return this.service.plan(BENCH_SITE, change, CHANGER, never);
  }

  async applied(change: LimitChange): Promise<JobId> {
    const { id } = await this.plan(change);
    return this.service.apply(id, "because", CHANGER, never);
  }

  applyPlan(id: LimitPlan["id"]): Promise<JobId> {
    return this.service.apply(id, "because", CHANGER, never);
  }

  /** How often this console and those before it have written the ConfigMap. */
  writesSince(): number {
    return this.#writes;
  }

  forgetWrites(): void {
    this.#writes = 0;
  }

  /** The job when it has ended. */
  async finished(id: JobId): Promise<Job> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const ended = () => !["queued", "running"].includes(this.engine.get(id).state);
    const stop = this.engine.onChange(() => ended() && resolve(undefined));
    if (!ended()) await promise;
    stop();
    return this.engine.get(id);
  }

  async done(change: LimitChange): Promise<Job> {
    return this.finished(await this.applied(change));
  }

  report(id: JobId): LimitChangeReport {
    return limitChangeReportSchema.parse(this.engine.get(id).output);
  }

  /** The ConfigMap as the API server has it. */
  async map(): Promise<{
    readonly text: string;
    readonly data: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly resourceVersion: string;
  }> {
    const { text } = await this.ask("GET", MAP_PATH);
    const { data, metadata } = JSON.parse(text);
    return {
      text: data["overrides.yaml"],
      data,
      annotations: metadata.annotations ?? {},
      resourceVersion: metadata.resourceVersion,
    };
  }

  /** Somebody else writes the file. */
  async edit(text: string, manager = "kubectl-edit"): Promise<void> {
    const { status } = await this.ask(
      "PATCH",
      `${MAP_PATH}?fieldManager=${manager}`,
      { data: { "overrides.yaml": text } },
      { "Content-Type": "application/merge-patch+json" },
    );
    if (status !== 200) throw new Error(`not edited: ${status}`);
  }

  async annotate(annotations: Readonly<Record<string, string | null>>): Promise<void> {
    await this.ask(
      "PATCH",
      MAP_PATH,
      { metadata: { annotations } },
      { "Content-Type": "application/merge-patch+json" },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.over = true;
    await this.engine[Symbol.asyncDispose]();
    await this.#stack.disposeAsync();
  }

  async #event(event: ChangeEvent, life: Life): Promise<void> {
    if (life.over) await forever;
    this.events.push(event);
    if (!this.diesAt(event, this.events.length)) return;
    life.over = true;
    this.onDeath();
    await forever;
  }

  onDeath: () => void = () => undefined;

  #store(client: KubernetesClient, life: Life): RuntimeMapStore {
    const real = runtimeMapStore(client, { refusal: statusFailure, unanswered: sendFailure });
    const store = this.intercept(real);
    return {
      read: async (place, signal) => {
        await this.#event("read", life);
        return store.read(place, signal);
      },
      write: async (place, version, content, signal) => {
        await this.#event("write", life);
        const written = await store.write(place, version, content, signal);
        this.#writes += 1;
        await this.#event("written", life);
        return written;
      },
    };
  }

  #siteThrough(client: KubernetesClient): HealthSite {
    const transport = createDirectTransport({
      url: this.lab.lokiUrl,
      auth: { kind: "none" },
      secret: () => Promise.reject(new Error("no secret is needed")),
      clock: systemClock,
    });
    this.#stack.use(transport);
    const nobody = () => Promise.reject(new Error("not asked for"));
    return {
      id: BENCH_SITE,
      name: "Lab",
      source: "pods",
      rounds: { round: nobody, rounds: () => Promise.reject(new Error("not asked for")) as never },
      targets: { targets: () => Promise.resolve(this.processes.map((process) => this.#target(process))) },
      transport,
      cluster: { namespace: "loki", client, inventory: nobody, workloads: workloadPatches(client, statusFailure) },
      pods: transportActions(transport),
    };
  }

  #target(process: FollowingProcess): ScrapeTarget {
    return {
      instance: process.instance,
      component: "ingester",
      zone: null,
      node: null,
      get: async () => {
        await this.#event("scrape", this.#life);
        const { text } = await this.map();
        const status = process.silent ? 503 : 200;
        const body = Buffer.from(process.metrics(text, this.nowMs));
        return { status, contentType: "text/plain", body };
      },
    };
  }
}

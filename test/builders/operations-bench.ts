import { setImmediate as nextTurn } from "node:timers/promises";
import { proxyRefusal, throughClusterFailure } from "../../src-main/core/clusters/adapters/api-proxy-failure.ts";
import { createDirectTransport } from "../../src-main/core/clusters/adapters/direct-transport.ts";
import type { KubernetesClient } from "../../src-main/core/clusters/kubernetes-client.ts";
import { statusFailure } from "../../src-main/core/clusters/kubernetes-status.ts";
import { discoverLoki } from "../../src-main/core/clusters/loki-discovery.ts";
import { type Clock, systemClock } from "../../src-main/core/common/clock.ts";
import type { HealthSite } from "../../src-main/core/health/health-site.ts";
import { readInventory } from "../../src-main/core/health/inventory/read-inventory.ts";
import { podProxyActions } from "../../src-main/core/health/operations/adapters/pod-proxy-actions.ts";
import { workloadPatches } from "../../src-main/core/health/operations/adapters/workload-patches.ts";
import type { OperationsParts } from "../../src-main/core/health/operations/operations-parts.ts";
import { OperationsService } from "../../src-main/core/health/operations/operations.service.ts";
import type { ActingRequest, PodActions } from "../../src-main/core/health/operations/pod-actions.ts";
import { readRings } from "../../src-main/core/health/rings/read-rings.ts";
import { podTargets } from "../../src-main/core/health/scraping/pod-targets.ts";
import type { ScrapeTarget } from "../../src-main/core/health/scraping/scrape-target.ts";
import { Scraper } from "../../src-main/core/health/scraping/scraper.ts";
import { JobEngine } from "../../src-main/core/jobs/job-engine.ts";
import { JobStore } from "../../src-main/core/jobs/job-store.ts";
import type { Lab } from "../../src-main/lab/lab.ts";
import { type OperationReport, operationReportSchema } from "../../src-shared/model/health/operation.ts";
import type { SiteHealth } from "../../src-shared/model/health/site-health.ts";
import { type JobId, siteIdSchema } from "../../src-shared/model/ids.ts";
import type { Job } from "../../src-shared/model/job.ts";
import { decide } from "../../src-shared/permissions/decide.ts";
import { boardOf } from "./health-board.ts";
import { ClusterBench } from "./cluster-bench.ts";
import { quietLab } from "./lab-loki.ts";
import type { ManualClock } from "./manual-clock.ts";
import { RecordingAnnouncer } from "./recording-announcer.ts";

const never = new AbortController().signal;
const SITE = siteIdSchema.parse("lab");
export const OPERATOR = { principal: "ops", role: "operator" } as const;
export const ADMIN = { principal: "root", role: "admin" } as const;

interface Life {
  over: boolean;
}

/** A clock of a console that may die: whoever sleeps then never wakes up. */
function mortalClock(clock: ManualClock, life: Life): Clock {
  return {
    nowMs: () => clock.nowMs(),
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      if (life.over) await new Promise<never>(() => undefined);
    },
    after: (ms, callback) => systemClock.after(ms, callback),
  };
}

/**
 * The lab's cluster with operations on it: real requests through its API server, durable jobs, and a clock that moves when
 * nobody is being asked. What the board says is the test's to say.
 */
export class OperationsBench implements AsyncDisposable {
  readonly lab: Lab;
  readonly labClock: ManualClock;
  /** Sleeps by the lab's clock; limits of requests are those of the real one. */
  clock: Clock;
  #life: Life = { over: false };
  readonly announcer = new RecordingAnnouncer();
  /** Acting requests in the order in which they were sent. */
  readonly sent: ActingRequest[] = [];
  /** Stands between the operations and the pods. */
  intercept: (request: ActingRequest, send: PodActions["send"]) => ReturnType<PodActions["send"]> = (request, send) =>
    send(request);
  changeBoard: (board: SiteHealth) => SiteHealth = (board) => board;
  replicationFactor: number | null = 3;
  /** How far time goes between two looks at whether something has happened. */
  stepMs = 1_000;
  previewLines: OperationsParts["previewLines"] = ({ query }) =>
    Promise.resolve([{ timestampNs: "1", line: `a line of ${query}` }]);
  site!: HealthSite;
  service!: OperationsService;
  engine!: JobEngine;
  readonly #cluster: ClusterBench;
  #instances: readonly { readonly instance: string; readonly component: string }[] = [];
  #busy = 0;
  readonly #stack = new AsyncDisposableStack();

  private constructor(lab: Lab, labClock: ManualClock) {
    this.lab = lab;
    this.labClock = labClock;
    this.clock = mortalClock(labClock, this.#life);
    this.#cluster = this.#stack.use(new ClusterBench());
    this.#stack.defer(() => lab.close());
  }

  static async open(): Promise<OperationsBench> {
    const { lab, clock } = await quietLab(Date.UTC(2026, 10, 22, 12));
    const bench = new OperationsBench(lab, clock);
    bench.site = await bench.#siteThrough(await bench.#cluster.client(lab.kubeconfig));
    await bench.relist();
    bench.start();
    return bench;
  }

  /** Who there is, for the board. */
  async relist(): Promise<void> {
    this.#instances = await this.site.targets.targets(never);
  }

  /** A console's operations and jobs, over what an earlier one left on disk. */
  start(): void {
    this.service = new OperationsService({
      openSite: () => Promise.resolve(this.site),
      board: () => this.changeBoard(boardOf(SITE, this.#instances, this.clock.nowMs())),
      rings: (site, names, signal) =>
        this.#counted(async () =>
          readRings({
            targets: await site.targets.targets(signal),
            names,
            replicationFactor: this.replicationFactor,
            clock: this.clock,
            signal,
          }),
        ),
      lastFlush: () => Promise.resolve(null),
      previewLines: (question, signal) => this.previewLines(question, signal),
      jobs: () => this.engine,
      may: (role, permission) => decide({ role, readOnly: false }, permission).allowed,
      clock: this.clock,
      announcer: this.announcer,
      logger: this.#cluster.logger,
    });
    this.engine = new JobEngine({
      store: new JobStore(this.#cluster.folder.path + "/jobs.db"),
      definitions: [this.service.job],
      maxRunning: 2,
      clock: this.clock,
      logger: this.#cluster.logger,
      announcer: this.announcer,
    });
  }

  /** The console dies where it stands; what it was doing never comes back, and another one opens the same profile. */
  dieAndStart(): void {
    this.#busy = 0;
    this.intercept = (request, send) => send(request);
    this.#life.over = true;
    this.#life = { over: false };
    this.clock = mortalClock(this.labClock, this.#life);
    this.start();
  }

  /** Lets the lab's time go on until something has happened. */
  async drive<Value>(work: Promise<Value>): Promise<Value> {
    const state = { settled: false };
    const done = work.finally(() => {
      state.settled = true;
    });
    done.catch(() => undefined);
    while (!state.settled) await this.#step();
    return done;
  }

  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) await this.#step();
  }

  /** The job when it has ended. */
  async finished(id: JobId): Promise<Job> {
    await this.until(() => !["queued", "running"].includes(this.engine.get(id).state));
    return this.engine.get(id);
  }

  report(id: JobId): OperationReport {
    return operationReportSchema.parse(this.engine.get(id).output);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
    await this.#stack.disposeAsync();
  }

  /** Time stands still while somebody is asked, unless whoever is asked waits for it. */
  async #step(): Promise<void> {
    const begunMs = Date.now();
    do await nextTurn();
    while (this.#busy > 0 && Date.now() - begunMs < 150);
    await this.labClock.advance(this.stepMs);
  }

  async #counted<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#busy += 1;
    try {
      return await work();
    } finally {
      this.#busy -= 1;
    }
  }

  async #siteThrough(client: KubernetesClient): Promise<HealthSite> {
    const discover = async (signal: AbortSignal) => {
      const scope = { namespace: "loki", signal };
      const [pods, services] = await Promise.all([client.listPods(scope), client.listServices(scope)]);
      return discoverLoki(pods, services, "loki");
    };
    const way = {
      client,
      discover,
      scheme: "http",
      pathPrefix: "",
      refusal: proxyRefusal,
      failure: throughClusterFailure,
    } as const;
    const pods = podProxyActions(way);
    const targets = podTargets({ ...way, clock: this.clock });
    const counting = (target: ScrapeTarget): ScrapeTarget => ({
      instance: target.instance,
      component: target.component,
      zone: target.zone,
      node: target.node,
      get: (request) => this.#counted(() => target.get(request)),
    });
    const source = {
      targets: (signal: AbortSignal) => this.#counted(async () => (await targets.targets(signal)).map(counting)),
    };
    const transport = createDirectTransport({
      url: this.lab.lokiUrl,
      auth: { kind: "none" },
      secret: () => Promise.reject(new Error("no secret is needed")),
      clock: systemClock,
    });
    this.#stack.use(transport);
    return {
      id: SITE,
      name: "Lab",
      source: "pods",
      rounds: new Scraper({ source, clock: this.clock }),
      targets: source,
      transport: {
        ...transport,
        request: (request) => this.#counted(() => transport.request(request)),
        socket: (request) => transport.socket(request),
        describe: (role) => transport.describe(role),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
      cluster: {
        namespace: "loki",
        client,
        inventory: (signal) =>
          this.#counted(async () => readInventory(client, await discover(signal), this.clock, signal)),
        workloads: workloadPatches(client, statusFailure),
      },
      pods: {
        send: (request) =>
          this.#counted(() => {
            this.sent.push(request);
            return this.intercept(request, (given) => pods.send(given));
          }),
      },
    };
  }
}

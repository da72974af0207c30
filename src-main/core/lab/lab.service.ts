import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import type { LabStatus } from "../../../src-shared/api/lab.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { resolveLabFault } from "../../../src-shared/model/lab-fault.ts";
import type { LabMessage, LabRequest, LabWorkerData } from "../../lab/lab-protocol.ts";
import type { SeedRequest, SeedResult } from "../../lab/seed.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import type { WorkerLocator } from "../common/worker-entry.ts";

export interface LabServiceOptions {
  readonly locate: WorkerLocator;
  readonly logger: Logger;
  /** Where the lab's kubeconfig is written while it runs, readable by its owner alone. */
  readonly kubeconfigFile: string;
  /** Told whenever the lab starts, stops, or has a fault switched. */
  readonly onChange?: () => void;
  readonly seed?: number;
  readonly lokiPort?: number;
  readonly kubernetesPort?: number;
  readonly controlPort?: number;
  readonly historyHours?: number;
}

const STOPPED: LabStatus = { running: false, tenants: [], faults: [] };

type Waiting = { readonly resolve: (message: LabMessage) => void; readonly reject: (error: unknown) => void };
type Question = LabRequest extends infer Each ? (Each extends LabRequest ? Omit<Each, "id"> : never) : never;

/**
 * The built-in practice environment, in a thread of its own so that it never holds up the console. It starts when it is
 * first asked for. Failures are `lab.unavailable`.
 */
export class LabService implements AsyncDisposable {
  readonly #options: LabServiceOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #starting: Promise<LabStatus> | null = null;
  #status: LabStatus = STOPPED;
  #controlUrl: string | null = null;
  #cleared: Promise<void> = Promise.resolve();
  #nextId = 1;

  constructor(options: LabServiceOptions) {
    this.#options = options;
  }

  /** What is known without asking the lab. */
  status(): LabStatus {
    return this.#status;
  }

  /** The lab's own door for tests and benches; `null` while it does not run. */
  get controlUrl(): string | null {
    return this.#controlUrl;
  }

  /** Starts it, or waits for a start under way; its URLs when it runs. */
  start(): Promise<LabStatus> {
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#starting = null;
      throw error;
    });
    return this.#starting;
  }

  /**
   * Switches a fault: a name, or a name and its target, where `ingester-1` and `1` mean a pod too. `lab.fault-unknown` when
   * there is no such fault or target.
   */
  async setFault(fault: string, on: boolean): Promise<LabStatus> {
    if (this.#worker === null) throw unavailable("it is not running");
    const { ingesters = [], pods = [], tenants } = this.#status;
    const resolved = resolveLabFault(fault, { ingesters, pods, tenants });
    if (resolved === null) throw new AppError("lab.fault-unknown", { fault: fault.slice(0, 200) });
    return this.#ask({ kind: "set-fault", fault: resolved, on });
  }

  /** Fills a tenant with lines for a bench. */
  async seed(request: SeedRequest): Promise<SeedResult> {
    const answer = await this.#post({ kind: "seed", request });
    if (answer.kind !== "answer" || answer.seeded === undefined) throw unavailable("the lab did not seed");
    return answer.seeded;
  }

  /** Stops it; starting again begins with fresh data. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === null) return;
    try {
      await this.#post({ kind: "close" });
    } finally {
      await worker.terminate();
      await this.#gone(worker);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<LabStatus> {
    const { seed = 1, lokiPort = 0, kubernetesPort = 0, controlPort = 0, historyHours = 24 } = this.#options;
    const workerData: LabWorkerData = { seed, lokiPort, kubernetesPort, controlPort, historyHours };
    const worker = new Worker(this.#options.locate("lab"), { name: "lab", workerData });
    this.#worker = worker;
    const started = await new Promise<LabMessage>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", (error: unknown) => reject(unavailable(explain(error), error)));
      worker.once("exit", () => reject(unavailable("its thread ended")));
    });
    if (started.kind !== "started") {
      this.#worker = null;
      throw unavailable(started.kind === "failed" ? started.problem : "it did not start");
    }
    worker.on("message", (message: LabMessage) => this.#settle(message));
    worker.once("error", (error: unknown) => this.#options.logger.error("the lab failed", error));
    worker.once("exit", () => fireAndForget(this.#gone(worker), this.#options.logger, "tidy up after the lab"));
    this.#controlUrl = started.controlUrl;
    await this.#writeKubeconfig(started.kubeconfig);
    this.#adopt(started.status);
    return this.#status;
  }

  async #writeKubeconfig(text: string): Promise<void> {
    const file = this.#options.kubeconfigFile;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text, { mode: 0o600 });
  }

  /** Clears what belonged to a thread that has ended; once, however many notice its end. */
  #gone(worker: Worker): Promise<void> {
    if (this.#worker === worker) this.#cleared = this.#clear();
    return this.#cleared;
  }

  async #clear(): Promise<void> {
    this.#worker = null;
    this.#starting = null;
    this.#controlUrl = null;
    this.#status = STOPPED;
    for (const { reject } of this.#waiting.values()) reject(unavailable("its thread ended"));
    this.#waiting.clear();
    this.#options.onChange?.();
    await rm(this.#options.kubeconfigFile, { force: true });
  }

  async #ask(question: Question): Promise<LabStatus> {
    const message = await this.#post(question);
    if (message.kind === "answer") this.#adopt(message.status);
    return this.#status;
  }

  async #post(question: Question): Promise<LabMessage> {
    const worker = this.#worker;
    if (worker === null) throw unavailable("it is not running");
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // A worker thread has no origin; the rule means windows.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      worker.postMessage({ ...question, id });
    });
  }

  #settle(message: LabMessage): void {
    if (message.kind !== "answer" && message.kind !== "refused") return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === "refused") waiting?.reject(unavailable(message.problem));
    else waiting?.resolve(message);
  }

  #adopt(status: LabStatus): void {
    this.#status = { ...status, kubeconfig: this.#options.kubeconfigFile };
    this.#options.onChange?.();
  }
}

function unavailable(problem: string, cause?: unknown): AppError {
  return new AppError("lab.unavailable", { problem: problem.slice(0, 300) }, { cause });
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

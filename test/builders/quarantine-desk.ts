import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { jobIdSchema, type JobId } from "../../src-shared/model/ids.ts";
import type { Job } from "../../src-shared/model/job.ts";
import type { KeptFinding } from "../../src-shared/model/storage/scan.ts";
import {
  quarantineReportSchema,
  type QuarantinePlan,
  type QuarantineReport,
  type QuarantineRequest,
} from "../../src-shared/model/storage/quarantine.ts";
import { storeIdSchema, type StoreConfig, type StoreId } from "../../src-shared/model/storage/store.ts";
import type { StorageFinding } from "../../src-shared/model/storage-finding.ts";
import { systemClock } from "../../src-main/core/common/clock.ts";
import { JobEngine } from "../../src-main/core/jobs/job-engine.ts";
import { JobStore } from "../../src-main/core/jobs/job-store.ts";
import type { LokiControl } from "../../src-main/core/storage/loki/loki-control.ts";
import type { ObjectStore } from "../../src-main/core/storage/object-store.ts";
import { PlannedObjects } from "../../src-main/core/storage/quarantine/planned-objects.store.ts";
import { QuarantineService } from "../../src-main/core/storage/quarantine/quarantine.service.ts";
import { RecordingAnnouncer } from "./recording-announcer.ts";
import { RecordingLogger } from "./recording-logger.ts";

export const BUCKET: StoreId = storeIdSchema.parse("bucket");
export const COPY: StoreId = storeIdSchema.parse("copy");
export const SCAN: JobId = jobIdSchema.parse("11111111-1111-4111-8111-111111111111");

export interface QuarantineDeskOptions {
  readonly profile: string;
  readonly store: ObjectStore;
  /** In another place, whole. */
  readonly copy?: ObjectStore;
  readonly findings?: readonly StorageFinding[];
  readonly loki?: LokiControl;
  readonly holder?: string;
}

/** The quarantine of one bucket over a durable job engine, as the console composes it. */
export class QuarantineBench implements AsyncDisposable {
  readonly service: QuarantineService;
  readonly engine: JobEngine;
  readonly signal = new AbortController().signal;
  readonly caller = { principal: "ada" };
  /** By key, the batch that scans were told. */
  readonly told = new Map<string, string | null>();
  readonly findings: readonly KeptFinding[];

  constructor({ profile, store, copy, findings = [], loki, holder = "this machine" }: QuarantineDeskOptions) {
    mkdirSync(profile, { recursive: true });
    this.findings = findings.map((finding) => ({
      id: `${finding.kind} ${finding.key}`,
      finding,
      state: "appeared",
      firstSeenMs: 0,
      quarantine: null,
    }));
    const config: StoreConfig = {
      name: "bucket",
      place: { kind: "folder", directory: "/nowhere" },
      site: null,
      indexPrefix: "index/",
      bytesPerSecond: null,
      dr: copy === undefined ? null : COPY,
      scratch: null,
    };
    // A site's id is all that the quarantine hands on to whoever opens its Loki.
    const site = loki === undefined ? null : ("site" as NonNullable<StoreConfig["site"]>);
    this.service = new QuarantineService({
      stores: {
        open: async (id) => ({
          id,
          config: { ...config, site },
          store: id === COPY && copy !== undefined ? copy : store,
          layout: { indexPrefix: "index/", foreignPrefixes: ["__kubemate__/"] },
          folder: null,
          s3: null,
          // The test's own.
          [Symbol.asyncDispose]: async () => undefined,
        }),
      },
      scans: {
        byId: (_scan, ids) => this.findings.filter(({ id }) => ids.includes(id)),
        findings: () => this.findings,
        setAside: (_store, keys, batch) => keys.forEach((key) => this.told.set(key, batch)),
      },
      openLoki: async () => loki ?? null,
      jobs: () => this.engine,
      planned: new PlannedObjects(join(profile, "quarantine-plans")),
      holder: (principal) => `${principal} on ${holder}`,
      readOnly: () => false,
      clock: systemClock,
      announcer: new RecordingAnnouncer(),
      logger: new RecordingLogger(),
    });
    this.engine = new JobEngine({
      store: new JobStore(join(profile, "jobs.db")),
      definitions: [this.service.job],
      maxRunning: 2,
      clock: systemClock,
      logger: new RecordingLogger(),
      announcer: new RecordingAnnouncer(),
    });
  }

  planKeys(keys: readonly string[]): Promise<QuarantinePlan> {
    return this.plan({ kind: "set-aside-keys", store: BUCKET, keys: [...keys] });
  }

  planFindings(ids: readonly string[]): Promise<QuarantinePlan> {
    return this.plan({ kind: "set-aside", store: BUCKET, scan: SCAN, findings: [...ids] });
  }

  planUndo(batch: string): Promise<QuarantinePlan> {
    return this.plan({ kind: "undo", store: BUCKET, batch });
  }

  plan(request: QuarantineRequest): Promise<QuarantinePlan> {
    return this.service.plan(request, this.caller, this.signal);
  }

  apply({ id }: QuarantinePlan): Promise<JobId> {
    return this.service.apply(id, "a test", this.caller, this.signal);
  }

  /** Applies it and waits for its end. */
  async done(plan: QuarantinePlan): Promise<{ readonly job: Job; readonly report: QuarantineReport }> {
    return await this.ended(await this.apply(plan));
  }

  async ended(id: JobId): Promise<{ readonly job: Job; readonly report: QuarantineReport }> {
    const job = await new Promise<Job>((resolve) => {
      const look = (seen: Job) => {
        if (seen.state !== "queued" && seen.state !== "running") resolve(seen);
      };
      this.engine.onChange((changed) => changed.id === id && look(changed));
      look(this.engine.get(id));
    });
    return { job, report: quarantineReportSchema.parse(job.output) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
  }
}

/** Keys outside of the console's own prefix, with their bytes. */
export async function contentsOf(store: ObjectStore, prefix = ""): Promise<ReadonlyMap<string, string>> {
  const { signal } = new AbortController();
  const contents = new Map<string, string>();
  let token: string | null = null;
  do {
    const page = await store.list({ prefix, ...(token === null ? {} : { token }) }, signal);
    for (const { key } of page.objects) {
      if (prefix === "" && key.startsWith("__kubemate__/")) continue;
      await using body = await store.get(key, {}, signal);
      const pieces: Uint8Array[] = [];
      for await (const piece of body.chunks) pieces.push(piece);
      contents.set(key, Buffer.concat(pieces).toString("base64"));
    }
    token = page.nextToken;
  } while (token !== null);
  return contents;
}

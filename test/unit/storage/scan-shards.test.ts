import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { WHOLE_BUCKET } from "../../../src-shared/model/storage/scan.ts";
import { storeIdSchema } from "../../../src-shared/model/storage/store.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { inThreadChunkChecker } from "../../../src-main/core/storage/integrity/in-thread-chunk-checker.ts";
import { scanBucket, type ScanReport } from "../../../src-main/core/storage/integrity/integrity-scan.ts";
import { openS3Requests } from "../../../src-main/core/storage/open-s3-object-store.ts";
import { jobManifest } from "../../../src-main/core/storage/shards/job-manifest.ts";
import { mergeShards } from "../../../src-main/core/storage/shards/merge-shards.ts";
import { partKey, putPart, readParts } from "../../../src-main/core/storage/shards/part-store.ts";
import { scanInShard } from "../../../src-main/core/storage/shards/scan-in-shard.ts";
import { packPart, unpackPart, type ScanPart } from "../../../src-main/core/storage/shards/scan-part.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const signal = new AbortController().signal;
const LAYOUT = { indexPrefix: "index/", foreignPrefixes: ["__kubemate__/"] };

function shardOf(store: FolderObjectStore, index: number, count: number): Promise<ScanPart> {
  const options = {
    store,
    layout: LAYOUT,
    mode: "fast",
    scope: WHOLE_BUCKET,
    scan: "nightly",
    clock: systemClock,
  } as const;
  return scanInShard({ ...options, checker: inThreadChunkChecker(store), shard: { index, count } }, signal);
}

async function shardsOf(store: FolderObjectStore, count: number): Promise<ScanPart[]> {
  const parts: ScanPart[] = [];
  for (let index = 0; index < count; index += 1) parts.push(await shardOf(store, index, count));
  return parts;
}

const containersOf = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.array(z.object({ args: z.array(z.string()) })) }) }),
  }),
});

/** What the report of one scan says. */
function plain({ findings, objects, bytes, chunks, indexFiles, references }: ScanReport): ScanReport {
  return { findings, objects, bytes, chunks, indexFiles, references };
}

describe("a scan in shards", () => {
  let work: TemporaryDirectory;
  let store: FolderObjectStore;
  let whole: ScanReport;
  let three: readonly ScanPart[];

  beforeAll(async () => {
    work = temporaryDirectory();
    unpackLokiStorage(work.file("damaged"), "damaged");
    store = new FolderObjectStore(work.file("damaged"));
    whole = await scanBucket({ store, mode: "fast", layout: LAYOUT }, signal);
    three = await shardsOf(store, 3);
  }, 120_000);

  afterAll(() => work[Symbol.dispose]());

  it("reads every chunk once, and its parts together say what one scan says", async () => {
    expect(plain(mergeShards(three))).toEqual(plain(whole));
    expect(whole.findings.length).toBeGreaterThan(60);
    expect(new Set(three.map(({ counts }) => counts.checked)).size).toBeGreaterThan(1);
    for (const { counts } of three) expect(counts.checked).toBeGreaterThan(0);
    expect(mergeShards(three)).toMatchObject({ checked: whole.chunks, skipped: 0, shards: 3, gaps: [] });
    for (const count of [1, 2, 7]) {
      const parts = await shardsOf(store, count);
      expect(plain(mergeShards(parts.toReversed()))).toEqual(plain(whole));
    }
  }, 120_000);

  it("adds up what several shards tell of one index", () => {
    const ofIndex = (kind: string) => three.filter(({ findings }) => findings.some((finding) => finding.kind === kind));
    expect(ofIndex("corrupt-index").length + ofIndex("corrupt-gz-index").length).toBe(3);
    const missing = ofIndex("missing-index-of-day");
    expect(missing.length).toBeGreaterThan(1);
    const chunks = (part: Pick<ScanReport, "findings">) =>
      part.findings
        .filter(({ kind }) => kind === "missing-index-of-day")
        .reduce((sum, finding) => sum + finding.chunks, 0);
    expect(chunks(mergeShards(three))).toBe(three.reduce((sum, part) => sum + chunks(part), 0));
  });

  it("is refused with a part missing, twice there, of another scan, of another count, or telling of another's objects", () => {
    const [one, two, last] = three;
    if (one === undefined || two === undefined || last === undefined) throw new Error("no parts");
    const moved = {
      ...one,
      findings: [...one.findings, ...two.findings.filter(({ kind }) => kind === "missing-chunk")],
    };
    for (const parts of [
      [],
      [one, two],
      [one, two, two],
      [one, two, last, last],
      [one, two, { ...last, scan: "weekly" }],
      [one, two, { ...last, mode: "deep" as const }],
      [one, two, { ...last, shard: { index: 2, count: 4 } }],
      [moved, two, last],
    ]) {
      expect(() => mergeShards(parts)).toThrow(expect.objectContaining({ code: "storage.shards-incomplete" }));
    }
  });

  it("says so where the bucket has changed between shards", () => {
    const [one, ...others] = three;
    if (one === undefined) throw new Error("no parts");
    const later = { ...one, totals: { ...one.totals, objects: one.totals.objects + 1 } };
    expect(mergeShards([later, ...others])).toMatchObject({
      objects: whole.objects + 1,
      gaps: [{ key: "shards-apart" }],
    });
  });

  it("keeps its parts in the bucket, where a scan does not see them and nobody else's word is taken", async () => {
    for (const part of three) await putPart(store, part, signal);
    expect(plain(mergeShards(await readParts(store, "nightly", signal)))).toEqual(plain(whole));
    expect(plain(await scanBucket({ store, mode: "fast", layout: LAYOUT }, signal)).findings).toEqual(whole.findings);
    expect(await readParts(store, "weekly", signal)).toEqual([]);
    const [one] = three;
    if (one === undefined) throw new Error("no parts");
    for (const bytes of [
      Buffer.from("no gzip"),
      packPart({ ...one, shard: { index: 1, count: 3 } }),
      packPart({ ...one, findings: [{}] } as never),
    ]) {
      await store.put(partKey("nightly", 0), bytes, {}, signal);
      await expect(readParts(store, "nightly", signal)).rejects.toMatchObject({ code: "storage.shards-incomplete" });
    }
    expect(unpackPart(packPart(one), "it")).toEqual(one);
  });
});

describe("the manifest of a scan's Job", () => {
  async function manifestOf(
    endpoint: string,
    more: Partial<Parameters<typeof jobManifest>[1]> = {},
    ca?: string,
  ): Promise<string> {
    const s3 = await openS3Requests({
      bucket: "loki-chunks",
      prefix: "site one",
      endpoint,
      region: "eu",
      ...(ca === undefined ? {} : { ca }),
      credentials: async () => ({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "never-in-a-manifest" }),
      clock: systemClock,
    });
    const place = { kind: "s3" as const, place: { bucket: "loki-chunks", prefix: "site one", endpoint } };
    const config = {
      name: "bucket",
      place,
      site: null,
      indexPrefix: "index/",
      bytesPerSecond: null,
      dr: null,
      scratch: null,
    };
    expect(storeIdSchema.parse("bucket")).toBe("bucket");
    const options = {
      mode: "deep" as const,
      scope: WHOLE_BUCKET,
      shards: 8,
      parallelism: 3,
      namespace: "logs",
      image: "registry.invalid/kubemate:1",
      ...more,
    };
    return jobManifest({ store: new FolderObjectStore("/nowhere"), s3, config }, options);
  }

  it("is an Indexed Job without rights, whose pods each scan their own shard and hold no credentials", async () => {
    const text = await manifestOf("https://minio.logs.svc:9000", { scan: "nightly" });
    expect(text).not.toContain("never-in-a-manifest");
    expect(text).not.toContain("AKIAEXAMPLE");
    const [job] = parseAllDocuments(text).map((document) => document.toJS() as Record<string, never>);
    expect(job).toMatchObject({
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "kubemate-nightly", namespace: "logs" },
      spec: {
        completionMode: "Indexed",
        completions: 8,
        parallelism: 3,
        backoffLimitPerIndex: 3,
        template: {
          spec: {
            restartPolicy: "Never",
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                image: "registry.invalid/kubemate:1",
                args: expect.arrayContaining([
                  "--shard",
                  "$(JOB_COMPLETION_INDEX)/8",
                  "--scan-name",
                  "nightly",
                  "--deep",
                ]),
                env: expect.arrayContaining([
                  {
                    name: "AWS_SECRET_ACCESS_KEY",
                    valueFrom: { secretKeyRef: { name: "kubemate-bucket", key: "AWS_SECRET_ACCESS_KEY" } },
                  },
                ]),
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
              },
            ],
          },
        },
      },
    });
    expect(text).toContain("s3://loki-chunks/site%20one?endpoint=https%3A%2F%2Fminio.logs.svc%3A9000&region=eu");
  });

  it("hands on the scope and the bucket's own certificate authorities, and escapes what Kubernetes would expand", async () => {
    const scope = { tenants: ["acme", "$(PATH)"], fromMs: 0, throughMs: 86_400_000, samplePercent: 1 };
    const text = await manifestOf(
      "https://minio:9000",
      { scope, mode: "fast" },
      "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n",
    );
    const [authorities, job] = parseAllDocuments(text).map((document) => document.toJS() as Record<string, never>);
    expect(authorities).toMatchObject({
      kind: "ConfigMap",
      data: { "ca.crt": expect.stringContaining("BEGIN CERTIFICATE") },
    });
    const args = containersOf.parse(job).spec.template.spec.containers.flatMap((container) => container.args);
    expect(args.join(" ")).toContain(
      "--tenant acme --tenant $$(PATH) --from 1970-01-01T00:00:00.000Z --to 1970-01-02T00:00:00.000Z --sample 1",
    );
    expect(args).not.toContain("--deep");
    expect(args.find((arg) => arg.startsWith("s3://"))).toContain("ca-file=%2Fetc%2Fkubemate%2Fca%2Fca.crt");
  });

  it("is refused for a folder, which pods do not see", async () => {
    const folder = { kind: "folder" as const, directory: "/nowhere" };
    const config = {
      name: "b",
      place: folder,
      site: null,
      indexPrefix: "index/",
      bytesPerSecond: null,
      dr: null,
      scratch: null,
    };
    const options = {
      mode: "fast" as const,
      scope: WHOLE_BUCKET,
      shards: 1,
      parallelism: 1,
      namespace: "logs",
      image: "i",
    };
    expect(() => jobManifest({ store: new FolderObjectStore("/nowhere"), s3: null, config }, options)).toThrow(
      expect.objectContaining({ code: "storage.unsupported" }),
    );
  });

  it("is what kubectl takes for a Job", async () => {
    const text = await manifestOf("https://minio:9000", { image: "registry.invalid/kubemate:1" });
    // Offline, it reads the object as what it is and leaves out what is no field of it.
    const kubectl = ["set", "image", "--local", "--filename=-", "scan=registry.invalid/kubemate:2", "--output=json"];
    const read = JSON.parse(execFileSync("kubectl", kubectl, { input: text, encoding: "utf8" })) as object;
    const expected = text.replace("registry.invalid/kubemate:1", "registry.invalid/kubemate:2");
    const [job] = parseAllDocuments(expected).map((document) => document.toJS() as object);
    expect(read).toMatchObject(job ?? {});
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { parseChunkKey } from "../../../src-main/core/common/loki-format/chunk-key.ts";
import { readMinio } from "../../../src-main/core/storage/bucket-health/read-minio.ts";
import type { ObjectStore, ObjectVersion } from "../../../src-main/core/storage/object-store.ts";
import { openS3ObjectStore } from "../../../src-main/core/storage/open-s3-object-store.ts";
import type { S3Credentials } from "../../../src-main/core/storage/s3-store-options.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { kubernetesClient } from "../../builders/lab-kubernetes-client.ts";
import { askLoki } from "../../builders/lab-loki.ts";
import { minioNode, readSamples } from "../../builders/minio-node.ts";

const signal = () => AbortSignal.timeout(20_000);
const secretSchema = z.object({ data: z.record(z.string(), z.string()) });
const countSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

let lab: Lab;

beforeAll(async () => {
  lab = await createLab({ clock: systemClock, historyHours: 3 });
});

afterAll(async () => {
  await lab?.close();
});

/** The credentials as whoever may read Secrets finds them. */
async function credentials(): Promise<S3Credentials> {
  const { text } = await kubernetesClient(lab)("GET", "/api/v1/namespaces/loki/secrets/loki-s3");
  const { data } = secretSchema.parse(JSON.parse(text));
  const plain = (name: string) => Buffer.from(data[name] ?? "", "base64").toString();
  return { accessKeyId: plain("S3_ACCESS_KEY_ID"), secretAccessKey: plain("S3_SECRET_ACCESS_KEY") };
}

function open(bucket: string): Promise<ObjectStore> {
  return openS3ObjectStore({ bucket, endpoint: lab.s3Url, credentials, clock: systemClock, attempts: 1 });
}

async function versionsOf(store: ObjectStore): Promise<readonly ObjectVersion[]> {
  const versions: ObjectVersion[] = [];
  for (let token: string | null = null; ;) {
    const page = await store.listVersions(token === null ? { prefix: "" } : { prefix: "", token }, signal());
    versions.push(...page.versions);
    token = page.nextToken;
    if (token === null) return versions;
  }
}

/** Lines of a tenant in a range of milliseconds, as the lab's Loki counts them. */
async function linesOf(tenant: string, fromMs: number, throughMs: number): Promise<number> {
  const query = `sum(count_over_time({cluster="lab"}[${throughMs - fromMs}ms]))`;
  const path = `/loki/api/v1/query?query=${encodeURIComponent(query)}&time=${throughMs}000000`;
  const { status, text } = await askLoki(lab, path, { tenant });
  expect(status).toBe(200);
  return Number(countSchema.parse(JSON.parse(text)).data.result[0]?.value[1] ?? 0);
}

describe("the lab's object store in its cluster", () => {
  it("has its keys in Secrets, which a viewer may not read, and Loki's configuration names variables", async () => {
    const ask = kubernetesClient(lab);
    const { text } = await ask("GET", "/api/v1/namespaces/loki/configmaps/loki");
    expect(text).toContain("secret_access_key: ${S3_SECRET_ACCESS_KEY}");
    expect(text).toContain("bucketnames: loki-chunks");
    const keys = await credentials();
    expect(keys).toEqual(lab.s3Keys.loki);
    expect(JSON.stringify(lab.status())).not.toContain(keys.secretAccessKey);
    const config = await askLoki(lab, "/config");
    expect(config.text).toMatch(/secret_access_key: "?'?\*{8}/);
    expect(config.text).not.toContain(keys.secretAccessKey);
    const viewer = kubernetesClient(lab, "lab-viewer");
    expect((await viewer("GET", "/api/v1/namespaces/loki/secrets/loki-s3")).status).toBe(403);
  });

  it("is reached by the service's proxy, and by another pod when that one has gone", async () => {
    const ask = kubernetesClient(lab);
    const path = "/api/v1/namespaces/loki/services/minio:http/proxy/minio/health/live";
    expect((await ask("GET", path)).status).toBe(200);
    const { status } = await ask("DELETE", "/api/v1/namespaces/loki/pods/minio-0");
    expect(status).toBe(200);
    await expect.poll(async () => (await ask("GET", path)).status, { timeout: 15_000 }).toBe(503);
    await expect.poll(async () => (await ask("GET", path)).status, { timeout: 15_000 }).toBe(200);
  });

  it("tells its health as MinIO does, in both generations", async () => {
    const health = await readMinio(
      [minioNode(lab.s3Url)],
      ["loki-chunks"],
      { readSamples, clock: systemClock },
      signal(),
    );
    expect(health.generations).toEqual(["v3", "v2"]);
    const { live, ready, clusterWrite, clusterRead } = health.probes;
    expect([live, ready, clusterWrite, clusterRead].map(({ state }) => state)).toEqual(["ok", "ok", "ok", "ok"]);
  });

  it("refuses who is not known, and who signs with another key", async () => {
    const anonymous = await fetch(`${lab.s3Url}/loki-chunks/?list-type=2`);
    expect([anonymous.status, await anonymous.text()]).toEqual([403, expect.stringContaining("<Code>AccessDenied<")]);
  });
});

describe("the lab's bucket behind its Loki", () => {
  it("shows lines missing while a chunk is gone, and again when its version was brought back", async () => {
    await using store = await open("loki-chunks");
    const before = await versionsOf(store);
    expect(before.length).toBeGreaterThan(50);
    lab.setFault("bucket-damage:missing-chunk", true);
    await lab.settled();
    const markers = (await versionsOf(store)).filter(({ isDeleteMarker, isLatest }) => isDeleteMarker && isLatest);
    expect(markers).toHaveLength(3);
    for (const { key } of markers) {
      const parsed = parseChunkKey(key)?.key;
      const [tenant = "", fromMs = 0, throughMs = 0] = [parsed?.tenant, parsed?.fromMs, parsed?.throughMs];
      const damaged = await linesOf(tenant, fromMs - 1, throughMs);
      const version = before.find((each) => each.key === key);
      await store.copy({ key, versionId: version?.versionId ?? "" }, key, signal());
      expect(await linesOf(tenant, fromMs - 1, throughMs)).toBeGreaterThan(damaged);
    }
    lab.setFault("bucket-damage:missing-chunk", false);
    await lab.settled();
    expect((await versionsOf(store)).filter(({ isLatest, isDeleteMarker }) => isLatest && isDeleteMarker)).toEqual([]);
  });

  it("is slow to answer with nothing while its drives are gone", async () => {
    await using store = await open("loki-chunks");
    lab.setFault("object-store-down", true);
    await expect(store.list({ prefix: "" }, signal())).rejects.toMatchObject({ code: "storage.rate-limited" });
    expect((await fetch(`${lab.s3Url}/minio/health/cluster`)).status).toBe(503);
    lab.setFault("object-store-down", false);
    expect((await store.list({ prefix: "" }, signal())).objects.length).toBeGreaterThan(50);
  });
});

import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { KubernetesClient } from "../../../src-main/core/clusters/kubernetes-client.ts";
import { discoverLoki } from "../../../src-main/core/clusters/loki-discovery.ts";
import { systemClock, type Clock } from "../../../src-main/core/common/clock.ts";
import { bucketFacts } from "../../../src-main/core/console-bucket-facts.ts";
import { clusterSiteStores } from "../../../src-main/core/console-stores-sites.ts";
import { BucketStatesService } from "../../../src-main/core/storage/bucket-state/bucket-states.service.ts";
import { SpaceHistory } from "../../../src-main/core/storage/bucket-state/space-history.store.ts";
import { KeptStores } from "../../../src-main/core/storage/stores/kept-stores.store.ts";
import { StoresService } from "../../../src-main/core/storage/stores/stores.service.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { storeIdSchema, type StoreConfig } from "../../../src-shared/model/storage/store.ts";
import { ClusterBench } from "../../builders/cluster-bench.ts";
import { TemporaryFolder } from "../../builders/kubeconfig-builder.ts";
import { KubernetesApi, sendJson, status } from "../../builders/kubernetes-api.ts";
import { startLabS3, type LabS3 } from "../../builders/lab-s3.ts";
import { PodNetwork, PodProgram } from "../../builders/loki-behind-cluster.ts";
import { readSamples } from "../../builders/minio-node.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { TestAuthority, type KeyPair } from "../../builders/test-certificates.ts";

const never = new AbortController().signal;
const SITE = siteIdSchema.parse("prod");
const DIRECT = siteIdSchema.parse("direct");
const ENDPOINT = "minio.loki.svc.cluster.local:9000";

const CONFIG = `
auth_enabled: true
common:
  storage:
    s3:
      endpoint: http://${ENDPOINT}
      bucketnames: \${BUCKET:-loki-chunks}
      access_key_id: \${S3_ID}
      secret_access_key: \${S3_SECRET}
      s3forcepathstyle: true
schema_config:
  configs: [{from: "2024-01-01", store: tsdb, object_store: s3, schema: v13, index: {prefix: index_, path_prefix: idx/, period: 24h}}]
`;

const lokiLabels = {
  "app.kubernetes.io/name": "loki",
  "app.kubernetes.io/instance": "loki",
  "app.kubernetes.io/component": "ingester",
};
const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const encoded = (text: string) => Buffer.from(text).toString("base64");

let folder: TemporaryFolder;
let authority: TestAuthority;
let server: KeyPair;
let s3: LabS3;
const stack: AsyncDisposable[] = [];

let api: KubernetesApi;
let network: PodNetwork;
let minio: PodProgram;
let client: KubernetesClient;
/** By `resource/name`; `"forbidden"` for what may not be read. */
let objects: Record<string, object | "forbidden">;
let pods: Record<string, object>;
let skewMs: number;
let clock: Clock;
let service: StoresService;
let services = 0;

beforeAll(async () => {
  folder = new TemporaryFolder();
  authority = new TestAuthority(folder.path);
  server = authority.server(["IP:127.0.0.1"]);
});
afterAll(() => folder[Symbol.dispose]());

beforeEach(async () => {
  s3 = await startLabS3();
  api = await KubernetesApi.start(server);
  const bench = new ClusterBench();
  stack.push(api, bench, s3);
  network = new PodNetwork(api);
  minio = await PodProgram.start("minio-0");
  stack.unshift(minio);
  minio.handler = (seen, response) => {
    const upstream = httpRequest(
      `${s3.url}${seen.url ?? ""}`,
      { method: seen.method, headers: seen.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    upstream.on("error", () => response.destroy());
    seen.pipe(upstream);
  };
  network.add(minio);
  pods = {
    "ingester-0": {
      metadata: { name: "ingester-0", namespace: "loki", labels: lokiLabels },
      spec: {
        containers: [
          {
            name: "loki",
            image: "grafana/loki:3.7.6",
            args: ["-target=ingester", "-config.file=/etc/loki/config/config.yaml", "-config.expand-env=true"],
            env: [{ name: "S3_ID", valueFrom: { secretKeyRef: { name: "loki-s3", key: "id" } } }],
            envFrom: [{ prefix: "S3_", secretRef: { name: "loki-s3" } }],
            volumeMounts: [{ name: "config", mountPath: "/etc/loki/config" }],
          },
        ],
        volumes: [{ name: "config", secret: { secretName: "loki-config" } }],
      },
      status: ready,
    },
    "minio-0": {
      metadata: { name: "minio-0", namespace: "loki", labels: { app: "minio" } },
      spec: { containers: [{ name: "minio", image: "minio", ports: [{ name: "s3", containerPort: 9000 }] }] },
      status: ready,
    },
  };
  const { accessKeyId, secretAccessKey } = s3.keys.loki;
  objects = {
    "secrets/loki-config": { data: { "config.yaml": encoded(CONFIG) } },
    "secrets/loki-s3": { data: { id: encoded(accessKeyId), SECRET: encoded(secretAccessKey) } },
    "services/minio": {
      metadata: { name: "minio", namespace: "loki" },
      spec: {
        selector: { app: "minio" },
        clusterIP: "10.0.0.9",
        ports: [{ name: "http", port: 9000, targetPort: "s3" }],
      },
    },
  };
  api.on("GET", /^\/api\/v1\/(namespaces\/loki\/)?pods\?/, (seen, response) => {
    const selector = new URL(seen.path, "http://x").searchParams.get("labelSelector");
    const items = Object.values(pods).filter(
      (pod) => selector === null || JSON.stringify(pod).includes('"app":"minio"'),
    );
    sendJson(response, 200, { kind: "PodList", items });
  });
  api.on("GET", /^\/api\/v1\/namespaces\/loki\/(pods|services|configmaps|secrets)\/[\w-]+$/, (seen, response) => {
    const [, resource = "", name = ""] = /\/(\w+)\/([\w-]+)$/.exec(seen.path) ?? [];
    const found = resource === "pods" ? pods[name] : objects[`${resource}/${name}`];
    if (found === undefined) return sendJson(response, 404, status(404, "NotFound", "not found"));
    if (found === "forbidden")
      return sendJson(response, 403, status(403, "Forbidden", `${resource} "${name}" is forbidden`));
    return sendJson(response, 200, found);
  });
  client = await bench.client(api.kubeconfig(authority.certificate, { token: "cluster-token" }));
  skewMs = 0;
  clock = { ...systemClock, nowMs: () => systemClock.nowMs() + skewMs };
  service = openService();
});

afterEach(async () => {
  for (const item of stack.splice(0)) await item[Symbol.asyncDispose]();
});

function fileOf(name: string): string {
  return join(folder.path, name);
}

function siteStores() {
  return clusterSiteStores({
    clock,
    sites: {
      kubernetesFor: async (site) => {
        if (site === DIRECT) throw new AppError("sites.no-cluster", { site });
        return client;
      },
      discoveryFor: async () => discoverLoki(await client.listPods({ namespace: null, signal: never }), [], null),
    },
  });
}

function openService(): StoresService {
  return new StoresService({
    kept: KeptStores.open(fileOf(`stores-${(services += 1)}.json`), clock, new RecordingLogger()),
    openS3: () => Promise.reject(new Error("no entered S3 here")),
    sites: siteStores(),
    announcer: { changed: () => undefined, notice: () => undefined },
    clock,
  });
}

const FOUND = storeIdSchema.parse("site:prod:loki-chunks");

describe("the store of a site", () => {
  it("is found in what its pods mount, and told without a secret", async () => {
    const listed = await service.list(SITE, never);
    expect(listed).toMatchObject({
      problem: null,
      stores: [{ id: FOUND, title: "s3://loki-chunks", found: true, config: { indexPrefix: "idx/", site: SITE } }],
    });
    const { accessKeyId, secretAccessKey } = s3.keys.loki;
    expect(JSON.stringify(listed)).not.toContain(secretAccessKey);
    // Finding it needs no credentials, so none are read.
    expect(api.requests.some(({ path }) => path.endsWith("/secrets/loki-s3"))).toBe(false);
    expect(accessKeyId).toBe("loki");
  });

  it("is reached through the cluster, under its own name, whatever is done", async () => {
    await using opened = await service.open(FOUND, never);
    expect(opened).toMatchObject({ folder: null, layout: { indexPrefix: "idx/", foreignPrefixes: ["__kubemate__/"] } });
    const { store } = opened;
    const bytes = Buffer.alloc(300_000, "chunk");
    for (const key of ["acme/1/2:3:4", "acme/1/5:6:7"]) await store.put(key, bytes, {}, never);
    const page = await store.list({ prefix: "acme/" }, never);
    expect(page.objects.map(({ key }) => key)).toEqual(["acme/1/2:3:4", "acme/1/5:6:7"]);
    await using body = await store.get("acme/1/2:3:4", {}, never);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body.chunks) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(new Set(minio.requests.map(({ headers }) => headers.host))).toEqual(new Set([ENDPOINT]));
    // A connection is used again: requests outnumber forwards.
    expect(network.forwards.length).toBeLessThan(minio.requests.length);
  });

  it("is signed with the keys that its pods have by now: read again when they were refused", async () => {
    const right = objects["secrets/loki-s3"] ?? {};
    objects["secrets/loki-s3"] = { data: { id: encoded("loki"), SECRET: encoded("out-of-date") } };
    await using opened = await service.open(FOUND, never);
    const refused: unknown = await opened.store.list({ prefix: "" }, never).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "storage.credentials-refused" });
    expect(JSON.stringify(refused)).not.toContain("out-of-date");
    objects["secrets/loki-s3"] = right;
    skewMs += 60_000;
    expect((await opened.store.list({ prefix: "" }, never)).objects).toEqual([]);
  });

  it("says by name what credentials are missing, and that a pod is", async () => {
    objects["secrets/loki-s3"] = "forbidden";
    await using unread = await service.open(FOUND, never);
    await expect(unread.store.list({ prefix: "" }, never)).rejects.toMatchObject({
      code: "storage.credentials-missing",
      params: { store: "s3://loki-chunks", problem: "no right to get secrets in namespace loki" },
    });
    objects["secrets/loki-s3"] = { data: { id: encoded("loki") } };
    await using half = await service.open(FOUND, never);
    await expect(half.store.list({ prefix: "" }, never)).rejects.toMatchObject({
      code: "storage.credentials-missing",
      params: { problem: "nothing is in S3_ID, S3_SECRET" },
    });
  });

  it("that nobody serves is unreachable, and the error says how", async () => {
    await using opened = await service.open(FOUND, never);
    delete pods["minio-0"];
    const checks = await service.check(opened.config, false, never);
    expect(checks[0]).toMatchObject({ check: "reach", state: "failed", reason: "unreachable" });
    expect(String(checks[0]?.params["problem"])).toContain("no pod is ready");
    expect(checks.slice(1).every(({ state }) => state === "unknown")).toBe(true);
  }, 60_000);

  it("is checked, and nothing of the check stays", async () => {
    const [found] = (await service.list(SITE, never)).stores;
    if (found === undefined) throw new Error("no store");
    const checks = await service.check(found.config, true, never);
    expect(checks.map(({ check, state }) => [check, state])).toEqual([
      ["reach", "passed"],
      ["list", "passed"],
      ["read", "unknown"],
      ["write", "passed"],
      ["delete", "passed"],
      ["versioning", "passed"],
      ["versions", "passed"],
      ["clock", "passed"],
    ]);
    await using opened = await service.open(FOUND, never);
    expect((await opened.store.listVersions({ prefix: "" }, never)).versions).toEqual([]);
    const withoutWrite = await service.check(found.config, false, never);
    expect(withoutWrite.find(({ check }) => check === "write")).toMatchObject({
      state: "unknown",
      reason: "not-asked",
    });
    expect(withoutWrite.find(({ check }) => check === "clock")).toMatchObject({ state: "passed" });
    skewMs = -3_600_000;
    const apart = await service.check(found.config, false, never);
    expect(apart.find(({ check }) => check === "clock")).toMatchObject({ state: "failed", reason: "apart" });
  });

  it("has beside it the copy and the scratch bucket that its pods name, with the same keys, and no others", async () => {
    const pod = pods["ingester-0"] as { metadata: Record<string, unknown> };
    pod.metadata["annotations"] = {
      "kubemate.io/dr-bucket": "loki-chunks-dr",
      "kubemate.io/scratch-bucket": "../other",
    };
    const { stores } = await service.list(SITE, never);
    expect(stores.map(({ id, config }) => [id, config.site, config.dr, config.scratch])).toEqual([
      ["site:prod:loki-chunks", "prod", "site:prod:loki-chunks-dr", null],
      ["site:prod:loki-chunks-dr", null, null, null],
    ]);
    await using dr = await service.open(storeIdSchema.parse("site:prod:loki-chunks-dr"), never);
    expect(dr.store.title).toBe("s3://loki-chunks-dr");
    await expect(service.open(storeIdSchema.parse("site:prod:elsewhere"), never)).rejects.toMatchObject({
      code: "storage.store-unknown",
    });
  });

  it.each<[string, () => void, string]>([
    ["no Loki", () => delete pods["ingester-0"], "no-loki"],
    ["no configuration", () => delete objects["secrets/loki-config"], "no-config"],
    ["a Secret that may not be read", () => (objects["secrets/loki-config"] = "forbidden"), "forbidden"],
    ["no YAML", () => (objects["secrets/loki-config"] = { data: { "config.yaml": encoded("a: [b") } }), "bad-config"],
    [
      "files",
      () =>
        (objects["secrets/loki-config"] = { data: { "config.yaml": encoded("common: {storage: {filesystem: {}}}") } }),
      "no-object-store",
    ],
  ])("is told not to be found where there is %s", async (_what, change, reason) => {
    change();
    expect((await service.list(SITE, never)).problem).toMatchObject({ reason });
  });

  it("is none where there is no cluster", async () => {
    expect(await service.list(DIRECT, never)).toEqual({
      stores: [],
      problem: { reason: "no-cluster", params: { site: DIRECT } },
    });
    await expect(service.open(storeIdSchema.parse("site:direct:x"), never)).rejects.toMatchObject({
      code: "sites.no-cluster",
    });
  });

  it("keeps what a person sets beside it, and where it is stays Loki's word", async () => {
    const [found] = (await service.list(SITE, never)).stores;
    if (found === undefined) throw new Error("no store");
    const dr = await service.save(null, folderConfig("dr"));
    await service.save(found.id, { ...found.config, dr: dr.id, bytesPerSecond: 1_000, indexPrefix: "wrong/" });
    const { stores } = await service.list(SITE, never);
    expect(stores.map(({ id }) => id)).toEqual([FOUND, dr.id]);
    expect(stores[0]?.config).toMatchObject({ dr: dr.id, bytesPerSecond: 1_000, indexPrefix: "idx/" });
    await using opened = await service.open(FOUND, never);
    expect(opened.config.dr).toBe(dr.id);
    await expect(service.open(storeIdSchema.parse("site:prod:elsewhere"), never)).rejects.toMatchObject({
      code: "storage.store-unknown",
    });
  });
});

function folderConfig(name: string): StoreConfig {
  const place = { kind: "folder", directory: fileOf(name) } as const;
  return { name, place, site: null, indexPrefix: "index/", bytesPerSecond: null, dr: null, scratch: null };
}

describe("the state of a site's bucket", () => {
  it("is that of MinIO's pods, with a past of free bytes", async () => {
    const history = SpaceHistory.open(fileOf("space.json"), clock, new RecordingLogger());
    const parts = {
      stores: service,
      retention: async () => null,
      readSamples,
      history,
      clock,
      logger: new RecordingLogger(),
    };
    using states = new BucketStatesService(parts);
    const state = await states.state(FOUND, never);
    expect(state.problems).toEqual([]);
    expect(state.health).toMatchObject({
      nodesAsked: 1,
      nodesRead: ["loki/minio-0:9000"],
      probes: { live: { state: "ok" } },
    });
    expect(state.settings).toMatchObject({ versioning: "enabled", lifecycleRules: 0 });
    // Nobody says how long Loki keeps what, so these two rules say nothing.
    expect(state.judgement.silent).toEqual(["lifecycle-shorter-than-retention", "object-lock-outlasts-retention"]);
    expect(state.full).toBeNull();
    for (let hour = 0; hour < 8; hour++) {
      skewMs += 3_600_000;
      await states.state(FOUND, never);
    }
    const later = SpaceHistory.open(fileOf("space.json"), clock, new RecordingLogger());
    expect(later.free(FOUND)).toHaveLength(9);
    expect((await states.state(FOUND, never)).full).toEqual({ fullAtMs: null, lostBytesPerDay: 0 });
  });

  it("is looked at by the audit of the configuration", async () => {
    expect(await bucketFacts(siteStores(), SITE, never)).toEqual({
      name: "loki-chunks",
      versioning: true,
      expiresAfterDays: null,
    });
    await expect(bucketFacts(siteStores(), DIRECT, never)).rejects.toMatchObject({ code: "health.nobody-tells" });
  });
});

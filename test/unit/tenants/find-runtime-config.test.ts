import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { configMapSchema } from "../../../src-main/core/clusters/kubernetes-objects.ts";
import type { HealthCluster } from "../../../src-main/core/health/health-site.ts";
import type { ClusterInventory, PodState } from "../../../src-main/core/health/inventory/cluster-inventory.ts";
import { findRuntimeConfig } from "../../../src-main/core/tenants/board/find-runtime-config.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";

const never = new AbortController().signal;
const TEXT = "overrides:\n  cards: {}\n";

interface Given {
  readonly pods: readonly object[];
  readonly maps: Readonly<Record<string, object>>;
}

/** A cluster whose API answers with these objects, read by the schemas of the real client. */
function siteWith({ pods, maps }: Given) {
  const states = pods.map((_, at): PodState => ({
    name: `loki-${at}`,
    namespace: "logs",
    uid: "",
    component: "ingester",
    workload: { kind: "StatefulSet", namespace: "logs", name: "loki" },
    ready: true,
    terminating: false,
    restarts: 0,
    node: null,
    zone: null,
    qos: null,
    image: "",
  }));
  const inventory: ClusterInventory = {
    atMs: 0,
    namespace: "logs",
    workloads: [],
    pods: states,
    budgets: [],
    gaps: [],
  };
  const listed = pods.map((spec, at) => ({ metadata: { name: `loki-${at}` }, spec }));
  const client = {
    listOf: (_group: string, _resource: string, schema: z.ZodType) =>
      Promise.resolve(listed.map((pod) => schema.parse(pod))),
    getConfigMap: (_namespace: string, name: string) =>
      Object.hasOwn(maps, name)
        ? Promise.resolve(configMapSchema.parse(maps[name]))
        : Promise.reject(new AppError("cluster.gone", { resource: "configmaps", name })),
  };
  // Of the client, finding asks these two alone; its class cannot be written out otherwise.
  const cluster = {
    namespace: "logs",
    client,
    inventory: () => Promise.resolve(inventory),
  } as unknown as HealthCluster;
  return { id: siteIdSchema.parse("bank"), name: "Bank", cluster };
}

const untold = () => Promise.resolve(null);
const map = (name: string, data: object, metadata: object = {}) => ({
  metadata: { name, resourceVersion: "7", ...metadata },
  data,
});

describe("the runtime configuration of a Loki", () => {
  it("is found by ksonnet's argument, with who would write over it", async () => {
    const pod = {
      containers: [
        {
          name: "ingester",
          args: [
            "-config.file=/etc/loki/config/config.yaml",
            "-limits.per-user-override-config=/etc/loki/overrides/overrides.yaml",
          ],
          volumeMounts: [{ name: "overrides", mountPath: "/etc/loki/overrides" }],
        },
      ],
      volumes: [{ name: "overrides", configMap: { name: "overrides" } }],
    };
    const labels = { "argocd.argoproj.io/instance": "loki-prod" };
    const found = await findRuntimeConfig(
      siteWith({ pods: [pod, pod], maps: { overrides: map("overrides", { "overrides.yaml": TEXT }, { labels }) } }),
      untold,
      never,
    );
    expect(found).toMatchObject({
      text: TEXT,
      mountedBySubPath: false,
      place: {
        namespace: "logs",
        name: "overrides",
        key: "overrides.yaml",
        resourceVersion: "7",
        managedBy: "Argo CD loki-prod",
        mountedBy: ["StatefulSet loki"],
      },
    });
  });

  it("of several files is the last one with overrides, by what the components say where no argument does", async () => {
    const pod = {
      containers: [{ name: "loki", volumeMounts: [{ name: "v", mountPath: "/r" }] }],
      volumes: [
        { name: "v", projected: { sources: [{ configMap: { name: "one" } }, { configMap: { name: "two" } }] } },
      ],
    };
    const told = () => Promise.resolve(["/r/first.yaml", "/r/second.yaml"]);
    const maps = { one: map("one", { "first.yaml": TEXT, "second.yaml": "configs: {}\n" }), two: map("two", {}) };
    const found = await findRuntimeConfig(siteWith({ pods: [pod], maps }), told, never);
    expect(found).toMatchObject({
      files: ["/r/first.yaml", "/r/second.yaml"],
      place: { name: "one", key: "first.yaml" },
    });
  });

  it("is refused with what was found instead: a Secret, no mount, no such key, no cluster", async () => {
    const told = () => Promise.resolve(["/r/o.yaml"]);
    const problemOf = async (given: Given, files = told) => {
      const error: unknown = await findRuntimeConfig(siteWith(given), files, never).catch((failed: unknown) => failed);
      return error instanceof AppError ? `${error.code} ${JSON.stringify(error.params)}` : String(error);
    };
    const containers = [{ name: "loki", volumeMounts: [{ name: "v", mountPath: "/r" }] }];
    const secret = { containers, volumes: [{ name: "v", secret: { secretName: "hidden" } }] };
    expect(await problemOf({ pods: [secret], maps: {} })).toMatch(/runtime-config-missing.*Secret hidden/);
    expect(await problemOf({ pods: [{ containers: [] }], maps: {} })).toContain("no pod mounts /r/o.yaml");
    const inMap = { containers, volumes: [{ name: "v", configMap: { name: "m" } }] };
    expect(await problemOf({ pods: [inMap], maps: { m: map("m", {}) } })).toContain(
      "ConfigMap m has no text under o.yaml",
    );
    expect(await problemOf({ pods: [inMap], maps: {} })).toContain("ConfigMap m is mounted and not there");
    expect(await problemOf({ pods: [inMap], maps: {} }, untold as never)).toContain("no component names a file");
    const direct = { id: siteIdSchema.parse("bank"), name: "Bank", cluster: null };
    await expect(findRuntimeConfig(direct, told, never)).rejects.toMatchObject({ code: "sites.no-cluster" });
  });
});

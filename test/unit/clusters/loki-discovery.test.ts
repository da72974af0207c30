import { assert, constantFrom, dictionary, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  podSchema,
  serviceSchema,
  type Pod,
  type Service,
} from "../../../src-main/core/clusters/kubernetes-objects.ts";
import { componentView, discoverLoki, type Discovery } from "../../../src-main/core/clusters/loki-discovery.ts";
import { targetOf } from "../../../src-main/core/clusters/loki-recognition.ts";
import { describeRoute, parseRoute, routesOf } from "../../../src-main/core/clusters/loki-routes.ts";
import { kubernetesRecording } from "../../builders/kubernetes-api.ts";

interface PodParts {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly image?: string;
  readonly ready?: boolean;
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
}

function pod(parts: PodParts): Pod {
  return podSchema.parse({
    metadata: { name: parts.name, namespace: parts.namespace ?? "logs", labels: parts.labels ?? {} },
    spec: {
      containers: [
        {
          name: "main",
          image: parts.image ?? "registry.bank.example/mirror/grafana/loki:3.7.6",
          args: parts.args ?? [],
          ports: parts.ports ?? [{ name: "http-metrics", containerPort: 3100 }],
        },
      ],
    },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: parts.ready === false ? "False" : "True" }],
    },
  });
}

function service(
  name: string,
  selector: Readonly<Record<string, string>>,
  parts: Record<string, unknown> = {},
): Service {
  return serviceSchema.parse({
    metadata: { name, namespace: "logs", labels: parts["labels"] ?? selector },
    spec: {
      selector,
      ports: [
        { name: "http-metrics", port: 3100 },
        { name: "grpc", port: 9095 },
      ],
      ...parts,
    },
  });
}

function chart(component: string, instance = "loki"): Record<string, string> {
  return {
    "app.kubernetes.io/name": "loki",
    "app.kubernetes.io/instance": instance,
    "app.kubernetes.io/component": component,
  };
}

function names(discovery: Discovery | null): string[] {
  return discovery?.components.map((component) => component.name) ?? [];
}

function routes(discovery: Discovery | null): Record<string, string> {
  return Object.fromEntries(
    Object.entries(routesOf(discovery, undefined)).map(([role, route]) => [role, describeRoute(route)]),
  );
}

describe("discovery of Loki", () => {
  it("finds the distributed chart in what a real API server listed", () => {
    const list = z.object({ items: z.array(z.unknown()) });
    const pods = list.parse(kubernetesRecording("list-pods").response.body).items.map((item) => podSchema.parse(item));
    const services = list
      .parse(kubernetesRecording("list-services").response.body)
      .items.map((item) => serviceSchema.parse(item));
    const discovery = discoverLoki(pods, services, null);
    expect(discovery?.namespace).toBe("loki");
    expect(names(discovery)).toEqual(
      expect.arrayContaining(["distributor", "gateway", "ingester", "querier", "query-frontend", "ruler"]),
    );
    expect(routes(discovery)).toEqual({
      query: "loki/loki-query-frontend:3100",
      tail: "loki/loki-querier:3100",
      push: "loki/loki-distributor:3100",
      admin: expect.stringMatching(/^loki\/pod\/loki-querier-.*:3100$/),
    });
    expect(discovery?.configMaps).toEqual(["loki", "loki-runtime"]);
    const ingester = discovery?.components.find((component) => component.name === "ingester");
    if (ingester === undefined) throw new Error("no ingester");
    expect(componentView(ingester)).toMatchObject({ by: "chart", service: "loki-ingester", port: 3100 });
    expect(componentView(ingester).pods).toHaveLength(3);
  });

  it("finds simple scalable and single binary, and tails at read", () => {
    const scalable = ["read", "write", "backend"].map((name) => pod({ name: `loki-${name}-0`, labels: chart(name) }));
    const found = discoverLoki(
      scalable,
      ["read", "write", "backend"].map((name) => service(`loki-${name}`, chart(name))),
      null,
    );
    expect(routes(found)).toEqual({
      query: "logs/loki-read:3100",
      tail: "logs/loki-read:3100",
      push: "logs/loki-write:3100",
      admin: "logs/pod/loki-backend-0:3100",
    });
    const single = discoverLoki([pod({ name: "loki-0", labels: chart("single-binary") })], [], null);
    expect(names(single)).toEqual(["single-binary"]);
    expect(routes(single)["query"]).toBe("logs/pod/loki-0:3100");
  });

  it("finds ksonnet's by the name label, zones and caches with it, and leaves Mimir alone", () => {
    const loki = ["distributor", "ingester-zone-a", "ingester-zone-b", "querier", "query-frontend"].map((name) =>
      pod({ name: `${name}-1`, labels: { name }, args: ["-config.file=/etc/loki/config/config.yaml"] }),
    );
    const cache = pod({ name: "memcached-0", labels: { name: "memcached" }, image: "memcached:1.6" });
    const mimir = ["distributor", "ingester", "querier", "query-frontend", "ruler", "compactor"].map((name) =>
      pod({
        name: `${name}-1`,
        namespace: "mimir",
        labels: { name },
        image: "grafana/mimir:2.9",
        args: [`-target=${name}`],
      }),
    );
    const found = discoverLoki([...mimir, ...loki, cache], [], null);
    expect(found?.namespace).toBe("logs");
    expect(names(found)).toEqual(["chunks-cache", "distributor", "ingester", "querier", "query-frontend"]);
    expect(found?.components.find(({ name }) => name === "ingester")?.pods).toHaveLength(2);
    expect(found?.components.every(({ by }) => by === "ksonnet")).toBe(true);
    expect(discoverLoki(mimir, [], null)).toBeNull();
  });

  it("finds Loki by its -target where labels say nothing", () => {
    const found = discoverLoki(
      [
        pod({ name: "a", args: ["-target=querier,ruler"] }),
        pod({ name: "b", args: ["--target", "distributor"], image: "internal/logs:1" }),
        pod({ name: "c", args: ["--config.file=/etc/loki/local.yaml", "-target=ingester"], image: "internal/logs:1" }),
        pod({ name: "d", image: "docker.io/grafana/loki-canary:3.7" }),
        pod({ name: "e", image: "nginx:1" }),
      ],
      [],
      null,
    );
    expect(found?.components.map(({ name, by }) => [name, by])).toEqual([
      ["ingester", "target"],
      ["querier", "target"],
    ]);
  });

  it("reads -target in all of Go's spellings", () => {
    expect(targetOf(["-target=read"])).toBe("read");
    expect(targetOf(["--target", "write"])).toBe("write");
    expect(targetOf(["-config.file=x", "-target=all"])).toBe("single-binary");
    expect(targetOf(["-target=cache-generation-loader,index-gateway"])).toBe("index-gateway");
    expect(targetOf(["-target=unheard-of"])).toBeNull();
    expect(targetOf(["-target"])).toBeNull();
    expect(targetOf([])).toBeNull();
  });

  it("takes the fuller of two Lokis, then the preferred namespace", () => {
    const full = ["read", "write", "backend"].map((name) => pod({ name, namespace: "b", labels: chart(name) }));
    const lone = pod({ name: "x", namespace: "a", labels: chart("single-binary") });
    expect(discoverLoki([lone, ...full], [], "a")?.namespace).toBe("b");
    const twin = pod({ name: "y", namespace: "z", labels: chart("single-binary") });
    expect(discoverLoki([lone, twin], [], "z")?.namespace).toBe("z");
    expect(discoverLoki([lone, twin], [], null)?.namespace).toBe("a");
  });

  it("keeps two releases in one namespace apart", () => {
    const pods = [
      ...["read", "write"].map((name) => pod({ name: `one-${name}`, labels: chart(name, "one") })),
      ...["read", "write", "backend"].map((name) => pod({ name: `two-${name}`, labels: chart(name, "two") })),
    ];
    const found = discoverLoki(pods, [], null);
    expect(found?.components.flatMap((component) => component.pods.map((p) => p.name))).toEqual([
      "two-backend",
      "two-read",
      "two-write",
    ]);
  });

  it("takes a service only when it leads to this component alone, headless last", () => {
    const pods = ["ingester", "querier"].map((name) =>
      pod({ name, labels: { ...chart(name), "app.kubernetes.io/part-of": "memberlist" } }),
    );
    const found = discoverLoki(
      pods,
      [
        service("a-memberlist", { "app.kubernetes.io/part-of": "memberlist" }),
        service("b-headless", chart("querier"), { clusterIP: "None" }),
        service("c-querier", chart("querier"), { clusterIP: "10.0.0.1" }),
        service("d-grpc", chart("ingester"), { ports: [{ name: "grpc", port: 9095 }] }),
      ],
      null,
    );
    expect(found?.components.map(({ name, service: s }) => [name, s?.name ?? null])).toEqual([
      ["ingester", null],
      ["querier", "c-querier"],
    ]);
  });

  it("lists a component whose pods are all gone, and does not route to it while there is a better one", () => {
    const pods = ["querier", "distributor"].map((name) => pod({ name, labels: chart(name) }));
    const services = ["querier", "distributor", "query-frontend"].map((name) => service(`loki-${name}`, chart(name)));
    const found = discoverLoki(pods, services, null);
    expect(names(found)).toEqual(["distributor", "querier", "query-frontend"]);
    expect(routes(found)["query"]).toBe("logs/loki-querier:3100");
  });

  it("uses the gateway last for queries and never for administration", () => {
    const found = discoverLoki(
      [pod({ name: "g", labels: chart("gateway"), image: "nginx:1" }), pod({ name: "i", labels: chart("ingester") })],
      [service("loki-gateway", chart("gateway"), { ports: [{ name: "http-metrics", port: 80 }] })],
      null,
    );
    expect(routes(found)).toEqual({
      query: "logs/loki-gateway:80",
      tail: "logs/loki-gateway:80",
      push: "logs/loki-gateway:80",
      admin: "logs/pod/i:3100",
    });
  });

  it("does not fall over any labels", () => {
    const labelName = constantFrom(
      "name",
      "app",
      "app.kubernetes.io/name",
      "app.kubernetes.io/component",
      "release",
      "__proto__",
    );
    assert(
      property(dictionary(labelName, string()), string(), (labels, argument) => {
        const found = discoverLoki([pod({ name: "p", labels, args: [argument] })], [service("s", labels)], null);
        expect(found?.components.length ?? 0).toBeLessThanOrEqual(2);
      }),
    );
  });
});

describe("routes by hand", () => {
  it("win over what was found, role by role", () => {
    const found = discoverLoki([pod({ name: "loki-0", labels: chart("single-binary") })], [], null);
    const byHand = routesOf(found, { query: "other/my-frontend:http-metrics", admin: "other/pod/loki-9:3100" });
    expect(byHand.query).toEqual({
      kind: "service",
      namespace: "other",
      service: "my-frontend",
      port: "http-metrics",
      component: null,
    });
    expect(byHand.admin).toEqual({ kind: "pod", namespace: "other", pod: "loki-9", port: "3100" });
    expect(byHand.tail).toEqual({ kind: "pod", namespace: "logs", pod: "loki-0", port: "3100" });
  });

  it.each(["", "x", "ns/svc", "ns/svc:", "a/b/c:80", "ns/../x:80", "NS/svc:80", "ns/svc:80/extra", "ns/s?x=1:80"])(
    "refuse %j",
    (text) => {
      expect(() => parseRoute("query", text)).toThrow("sites.invalid");
    },
  );
});

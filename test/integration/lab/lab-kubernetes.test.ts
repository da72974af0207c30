import { readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { parse } from "yaml";
import { z } from "zod";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const kubeconfigSchema = z.object({
  clusters: z.array(z.object({ cluster: z.object({ server: z.string(), "certificate-authority-data": z.string() }) })),
  users: z.array(z.object({ name: z.string(), user: z.object({ token: z.string() }) })),
});
const exchangeSchema = z.object({
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.unknown(),
  }),
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
});

let lab: Lab;
let clock: ManualClock;
let ca: string;
let tokens: Record<string, string>;

beforeAll(async () => {
  clock = new ManualClock(NOW);
  lab = await createLab({ clock, historyHours: 1 });
  const { clusters, users } = kubeconfigSchema.parse(parse(lab.kubeconfig));
  ca = Buffer.from(clusters[0]?.cluster["certificate-authority-data"] ?? "", "base64").toString();
  tokens = Object.fromEntries(users.map(({ name, user }) => [name, user.token]));
});

afterAll(async () => lab.close());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** One request to the lab's API server, its certificate verified against the kubeconfig's authority. */
function ask(
  method: string,
  path: string,
  options: { token?: string | null; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const token = options.token === undefined ? tokens["lab-admin"] : options.token;
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      `${lab.kubernetesUrl}${path}`,
      { method, ca, headers: { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), ...options.headers } },
      (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(pieces).toString(),
          }),
        );
        response.once("error", reject);
      },
    );
    request.once("error", reject);
    request.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  });
}

const objectSchema = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    resourceVersion: z.string().optional(),
    continue: z.string().optional(),
    remainingItemCount: z.number().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })).optional(),
});

function recorded(file: string): z.infer<typeof exchangeSchema> {
  return exchangeSchema.parse(
    JSON.parse(readFileSync(new URL(`../../fixtures/kubernetes/${file}.json`, import.meta.url), "utf8")),
  );
}

describe("what a real API server refused, the lab's refuses in the same words", () => {
  it.each([
    "get-404",
    "get-no-resource",
    "create-exists",
    "create-invalid",
    "patch-json-test-fails",
    "patch-merge-precondition-fails",
    "put-configmap-conflict",
    "service-proxy-no-such-port",
    "forbidden-viewer-configmaps",
    "forbidden-viewer-patch",
  ])("%s", async (file) => {
    const { request, response } = recorded(file);
    const token = file.startsWith("forbidden-viewer") ? tokens["lab-viewer"] : undefined;
    const answer = await ask(request.method, request.path, {
      ...(token === undefined ? {} : { token }),
      headers: request.headers,
      ...(request.body === null ? {} : { body: request.body }),
    });
    expect(answer.status).toBe(response.status);
    expect(answer.headers["content-type"]).toBe(response.headers["Content-Type"]);
    const asText = typeof response.body === "string";
    expect(asText ? answer.text : JSON.parse(answer.text)).toEqual(asText ? response.body : response.body);
  });

  it("nobody without a token gets in", async () => {
    const answer = await ask("GET", "/api/v1/namespaces/loki/pods", { token: null });
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject({ kind: "Status", reason: "Unauthorized", code: 401 });
  });
});

describe("objects", () => {
  it.each([
    "list-pods",
    "list-services",
    "list-deployments",
    "list-statefulsets",
    "list-replicasets",
    "list-endpointslices",
    "list-pdbs",
    "list-namespaces",
    "get-configmap-runtime",
  ])("%s has the fields that the recorded one has", async (file) => {
    const { request, response } = recorded(file);
    const answer = await ask("GET", request.path);
    expect(answer.status).toBe(200);
    const real = objectSchema.parse(response.body);
    const own = objectSchema.parse(JSON.parse(answer.text));
    expect(own.kind).toBe(real.kind);
    // Who wrote which field is the server's own book-keeping; the rest is what clients read.
    const keys = (value: object): string[] =>
      Object.keys(value)
        .filter((key) => key !== "managedFields" && key !== "annotations")
        .sort();
    const [item, ownItem] = [real.items?.at(-1) ?? real, own.items?.at(-1) ?? own];
    for (const part of ["metadata", "spec", "status"] as const) {
      const [wanted, held] = [item[part], ownItem[part]];
      if (wanted === null || typeof wanted !== "object") continue;
      expect(keys(held ?? {}), part).toEqual(
        expect.arrayContaining(keys(wanted).filter((key) => !["generation", "nominatedNodeName"].includes(key))),
      );
    }
  });

  it("lists come in pages that together hold everything once", async () => {
    const names: string[] = [];
    let next = "";
    do {
      const { text } = await ask(
        "GET",
        `/api/v1/namespaces/loki/pods?limit=5${next === "" ? "" : `&continue=${encodeURIComponent(next)}`}`,
      );
      const page = objectSchema.parse(JSON.parse(text));
      names.push(...(page.items ?? []).map(({ metadata }) => metadata.name));
      next = page.metadata.continue ?? "";
      if (names.length === 5) expect(page.metadata.remainingItemCount).toBe(9);
    } while (next !== "");
    expect(names).toHaveLength(14);
    expect(new Set(names).size).toBe(14);
  });

  it("changes by all three kinds of patch, and only with the version one has seen", async () => {
    const path = "/api/v1/namespaces/loki/configmaps/loki-runtime";
    const patch = (type: string, body: unknown, query = "") =>
      ask("PATCH", path + query, { headers: { "Content-Type": type }, body });
    const annotations = (answer: Answer) => objectSchema.parse(JSON.parse(answer.text)).metadata.annotations;
    expect(
      annotations(await patch("application/merge-patch+json", { metadata: { annotations: { a: "1", b: "2" } } })),
    ).toMatchObject({ a: "1", b: "2", owner: "sre" });
    expect(
      annotations(await patch("application/strategic-merge-patch+json", { metadata: { annotations: { a: null } } })),
    ).toEqual({ b: "2", owner: "sre" });
    expect(
      annotations(
        await patch("application/json-patch+json", [{ op: "replace", path: "/metadata/annotations/b", value: "3" }]),
      ),
    ).toMatchObject({ b: "3" });
    expect(
      annotations(
        await patch("application/merge-patch+json", { metadata: { annotations: { dry: "run" } } }, "?dryRun=All"),
      ),
    ).toMatchObject({ dry: "run" });
    const stored = objectSchema.parse(JSON.parse((await ask("GET", path)).text));
    expect(stored.metadata.annotations).toEqual({ b: "3", owner: "sre" });
    expect((await ask("PUT", path, { body: stored })).status).toBe(200);
    expect(
      (await ask("PUT", path, { body: { ...stored, metadata: { ...stored.metadata, resourceVersion: "1" } } })).status,
    ).toBe(409);
    expect((await patch("application/apply-patch+yaml", {})).status).toBe(422);
    expect((await patch("text/plain", {})).status).toBe(415);
  });
});

const podSchema = z.looseObject({
  metadata: z.looseObject({ uid: z.string(), deletionTimestamp: z.string().optional() }),
  status: z.looseObject({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]) }),
});

/** Reads a watch until it has told enough, or has ended. */
function watch(
  path: string,
  enough: (events: readonly { type: string }[]) => boolean,
): Promise<{ type: string; object: unknown }[]> {
  return new Promise((resolve, reject) => {
    const events: { type: string; object: unknown }[] = [];
    let rest = "";
    const request = httpsRequest(
      `${lab.kubernetesUrl}${path}`,
      { ca, headers: { Authorization: `Bearer ${tokens["lab-admin"]}` } },
      (response) => {
        response.on("data", (piece: Buffer) => {
          const lines = (rest + piece.toString()).split("\n");
          rest = lines.pop() ?? "";
          events.push(
            ...lines.map((line) => z.object({ type: z.string(), object: z.unknown() }).parse(JSON.parse(line))),
          );
          if (enough(events)) {
            resolve(events);
            request.destroy();
          }
        });
        response.once("end", () => resolve(events));
      },
    );
    request.once("error", (error) => (enough(events) ? resolve(events) : reject(error)));
    request.end();
  });
}

describe("watch", () => {
  it("tells of a pod that goes and of the one that takes its place, ready after a while", async () => {
    const list = objectSchema.parse(
      JSON.parse(
        (await ask("GET", "/api/v1/namespaces/loki/pods?labelSelector=app.kubernetes.io/component%3Druler")).text,
      ),
    );
    const from = list.metadata.resourceVersion ?? "";
    const told = watch(
      `/api/v1/namespaces/loki/pods?watch=1&labelSelector=app.kubernetes.io/component%3Druler&resourceVersion=${from}`,
      (events) => events.length >= 5,
    );
    expect((await ask("DELETE", "/api/v1/namespaces/loki/pods/loki-ruler-0")).status).toBe(200);
    await clock.advance(3_000);
    const events = await told;
    expect(events.map(({ type }) => type)).toEqual(["MODIFIED", "DELETED", "ADDED", "MODIFIED", "MODIFIED"]);
    const [stopping, , , , last] = events.map(({ object }) => podSchema.parse(object));
    expect(stopping?.metadata.deletionTimestamp).toMatch(/Z$/);
    expect(last?.status.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
    expect(last?.metadata.uid).not.toBe(stopping?.metadata.uid);
    expect((await ask("GET", "/api/v1/namespaces/loki/pods/loki-ruler-0:3100/proxy/ready")).text).toBe("ready\n");
  });

  it("that begins too far back is told so with 410", async () => {
    const events = await watch("/api/v1/namespaces/loki/pods?watch=1&resourceVersion=1", () => false);
    expect(events).toEqual([
      { type: "ERROR", object: expect.objectContaining({ kind: "Status", reason: "Expired", code: 410 }) },
    ]);
  });

  it("ends after its time with a bookmark", async () => {
    const ended = watch(
      "/api/v1/namespaces/loki/services?watch=1&allowWatchBookmarks=true&timeoutSeconds=5",
      (events) => events.some(({ type }) => type === "BOOKMARK"),
    );
    const before = clock.waiting;
    while (clock.waiting < before + 2) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5_000);
    const events = await ended;
    expect(events.at(-1)?.type).toBe("BOOKMARK");
    expect(events.filter(({ type }) => type === "ADDED")).toHaveLength(17);
  });
});

/** Opens a WebSocket; its messages are listened to before it is open, since the first may come along with the opening. */
function openSocket(
  path: string,
  protocols: string[],
  headers: Record<string, string> = {},
  onMessage: (data: Buffer) => void = () => {},
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${lab.kubernetesUrl.replace("https", "wss")}${path}`, protocols, {
      ca,
      headers: { Authorization: `Bearer ${tokens["lab-admin"]}`, ...headers },
    });
    socket.on("message", onMessage);
    socket.once("open", () => resolve(socket));
    socket.once("unexpected-response", (_request, response) => reject(new Error(String(response.statusCode))));
    socket.once("error", reject);
  });
}

describe("ways in", () => {
  it.each(["v4.channel.k8s.io", "v5.channel.k8s.io"])(
    "a port-forward over %s carries HTTP to the pod",
    async (protocol) => {
      const received: Buffer[] = [];
      const answered = Promise.withResolvers<string>();
      const path = "/api/v1/namespaces/loki/pods/loki-ingester-0/portforward?ports=3100";
      const socket = await openSocket(path, [protocol], {}, (data) => {
        received.push(data);
        const parts = received.filter((each) => each[0] === 0).map((each) => each.subarray(1));
        const body = Buffer.concat(parts).subarray(2).toString();
        if (body.includes("ingester => Running")) answered.resolve(body);
      });
      try {
        expect(socket.protocol).toBe(protocol);
        const request = "GET /services HTTP/1.1\r\nHost: pod\r\nConnection: close\r\n\r\n";
        socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(request)]));
        expect(await answered.promise).toMatch(/^HTTP\/1\.1 200 OK/);
        const [data, error] = [received.find((each) => each[0] === 0), received.find((each) => each[0] === 1)];
        expect([data?.readUInt16LE(1), error?.readUInt16LE(1)]).toEqual([3100, 3100]);
      } finally {
        socket.terminate();
      }
    },
  );

  it("a port-forward to a port where nothing listens says so on the error channel", async () => {
    const texts: string[] = [];
    const path = "/api/v1/namespaces/loki/pods/loki-ingester-0/portforward?ports=9999";
    const socket = await openSocket(path, ["v4.channel.k8s.io"], {}, (data) => {
      if (data[0] === 1 && data.length > 3) texts.push(data.subarray(1).toString());
    });
    if (socket.readyState !== socket.CLOSED) await new Promise((resolve) => socket.once("close", resolve));
    expect(texts.join()).toContain("connection refused");
  });

  it("a port-forward ends when its pod is replaced", async () => {
    const socket = await openSocket("/api/v1/namespaces/loki/pods/loki-compactor-0/portforward?ports=3100", [
      "v5.channel.k8s.io",
    ]);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await ask("DELETE", "/api/v1/namespaces/loki/pods/loki-compactor-0");
    await clock.advance(3_000);
    await closed;
    const again = await openSocket("/api/v1/namespaces/loki/pods/loki-compactor-0/portforward?ports=3100", [
      "v5.channel.k8s.io",
    ]);
    again.terminate();
  });

  it("a tail goes through the service's proxy as a WebSocket, with its tenant and without the API server's token", async () => {
    const proxied = "/api/v1/namespaces/loki/services/loki-query-frontend:http-metrics/proxy/loki/api/v1/tail";
    const frame = Promise.withResolvers<string>();
    const query = encodeURIComponent('{app="recon"}');
    const tenant = { "X-Scope-OrgID": "treasury" };
    const socket = await openSocket(`${proxied}?query=${query}&limit=1`, [], tenant, (data) =>
      frame.resolve(data.toString()),
    );
    expect(await frame.promise).toContain('"app":"recon"');
    socket.terminate();
    await expect(openSocket(`${proxied}?query=x`, [])).rejects.toThrow("401");
  });

  it("each component answers as its target does", async () => {
    const get = async (pod: string, path: string) =>
      (
        await ask("GET", `/api/v1/namespaces/loki/pods/${pod}:3100/proxy${path}`, {
          headers: { "X-Scope-OrgID": "cards" },
        })
      ).status;
    expect(await get("loki-query-frontend-7688b5df74-mbh86", "/loki/api/v1/labels")).toBe(200);
    expect(await get("loki-ingester-0", "/loki/api/v1/labels")).toBe(404);
    expect(await get("loki-ingester-0", "/ring")).toBe(200);
    expect(await get("loki-index-gateway-0", "/ring")).toBe(404);
    expect(await get("loki-querier-6dc79799b7-m9pdk", "/metrics")).toBe(200);
  });
});

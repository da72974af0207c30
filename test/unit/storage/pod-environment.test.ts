import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readOnce, type ClusterObjects } from "../../../src-main/core/storage/stores/site/cluster-objects.ts";
import { expandVariables, variablesIn } from "../../../src-main/core/storage/stores/site/expand-variables.ts";
import { readMountedFile } from "../../../src-main/core/storage/stores/site/mounted-file.ts";
import { PodEnvironment } from "../../../src-main/core/storage/stores/site/pod-environment.ts";
import { podSpecSchema } from "../../../src-main/core/storage/stores/site/pod-spec.ts";

const never = new AbortController().signal;
const encoded = (text: string) => Buffer.from(text).toString("base64");

/** Objects as an API server gives them, by resource and name. */
function objectsOf(objects: Readonly<Record<string, unknown>>): ClusterObjects & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    namespace: "loki",
    read: async (resource, name) => {
      asked.push(`${resource}/${name}`);
      return objects[`${resource}/${name}`] ?? null;
    },
  };
}

const OBJECTS = {
  "secrets/keys": { data: { id: encoded("AKIA"), S3_SECRET: encoded("hush\n") } },
  "configmaps/plain": { data: { S3_BUCKET: "chunks", S3_SECRET: "overridden" }, binaryData: { bin: encoded("ü") } },
  "configmaps/loki": { data: { "config.yaml": "whole", other: "x" } },
  "secrets/loki-tls": { data: { "ca.crt": encoded("PEM") } },
};

function podWith(container: object, volumes: readonly object[] = []) {
  const pod = podSpecSchema.parse({
    metadata: { name: "ingester-0", namespace: "loki" },
    spec: { containers: [{ name: "loki", ...container }], volumes },
  });
  const [first] = pod.spec.containers;
  if (first === undefined) throw new Error("a pod without a container");
  return { pod, container: first };
}

describe("variables of a container", () => {
  const { pod, container } = podWith({
    env: [
      { name: "HOST", value: "minio" },
      { name: "ADDR", value: "http://$(HOST):9000/$(NOBODY)" },
      { name: "ID", valueFrom: { secretKeyRef: { name: "keys", key: "id" } } },
      { name: "BIN", valueFrom: { configMapKeyRef: { name: "plain", key: "bin" } } },
      { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "LOOP", value: "$(LOOP)" },
      { name: "HOST", value: "again-$(HOST)" },
    ],
    envFrom: [
      { secretRef: { name: "keys" } },
      { prefix: "P_", configMapRef: { name: "plain" } },
      { configMapRef: { name: "plain" } },
    ],
  });

  it("are what Kubernetes gives it: references resolved in order, the last of a name, env before envFrom", async () => {
    const objects = objectsOf(OBJECTS);
    const environment = new PodEnvironment(readOnce(objects), pod, container);
    const all = Object.fromEntries(
      await Promise.all(
        ["HOST", "ADDR", "ID", "BIN", "POD", "IP", "LOOP", "S3_BUCKET", "P_S3_BUCKET", "S3_SECRET", "id", "NONE"].map(
          async (name) => [name, await environment.get(name, never)] as const,
        ),
      ),
    );
    expect(all).toEqual({
      HOST: "again-minio",
      ADDR: "http://minio:9000/$(NOBODY)",
      ID: "AKIA",
      BIN: "ü",
      POD: "ingester-0",
      IP: null,
      LOOP: "$(LOOP)",
      S3_BUCKET: "chunks",
      P_S3_BUCKET: "chunks",
      S3_SECRET: "overridden",
      id: "AKIA",
      NONE: null,
    });
    // Several variables of one object are one request.
    expect(objects.asked.toSorted()).toEqual(["configmaps/plain", "secrets/keys"]);
  });

  it("replace their names in a text as Loki does, with defaults, and leave all else alone", async () => {
    const values: Readonly<Record<string, string>> = { A: "1", B: "", C: "${A}" };
    const lookup = async (name: string) => values[name] ?? null;
    for (const [text, expected] of [
      ["${A}/${B}/${N}", "1//"],
      ["${B:-x}${N-y}${A:=z}", "xy1"],
      ["$A $$ $${A} ${} ${1}", "$A $$ ${A} ${} ${1}"],
      ["${C}", "${A}"],
    ] as const) {
      expect(await expandVariables(text, lookup)).toBe(expected);
    }
    expect(variablesIn("${A}-${B:-x}-$${C}")).toEqual(["A", "B"]);
    await fc.assert(
      fc.asyncProperty(
        fc.string().filter((text) => !text.includes("${")),
        async (text) => {
          expect(await expandVariables(text, lookup)).toBe(text);
        },
      ),
    );
  });
});

describe("files of a container", () => {
  const { pod, container } = podWith(
    {
      volumeMounts: [
        { name: "config", mountPath: "/etc/loki/config" },
        { name: "tls", mountPath: "/etc/loki/config/tls/" },
        { name: "one", mountPath: "/one.yaml", subPath: "config.yaml" },
        { name: "all", mountPath: "/all" },
        { name: "data", mountPath: "/var/loki" },
      ],
    },
    [
      { name: "config", configMap: { name: "loki" } },
      { name: "one", configMap: { name: "loki" } },
      { name: "tls", secret: { secretName: "loki-tls", items: [{ key: "ca.crt", path: "authority.pem" }] } },
      { name: "all", projected: { sources: [{ configMap: { name: "plain" } }, { secret: { name: "loki-tls" } }] } },
      { name: "data", persistentVolumeClaim: { claimName: "x" } },
    ],
  );

  it.each([
    ["/etc/loki/config/config.yaml", "whole"],
    ["/etc/loki/config/tls/authority.pem", "PEM"],
    ["/etc/loki/config/tls/ca.crt", null],
    ["/one.yaml", "whole"],
    ["/all/ca.crt", "PEM"],
    ["/all/S3_BUCKET", "chunks"],
    ["/var/loki/config.yaml", null],
    ["/etc/loki/configuration", null],
    ["/etc/passwd", null],
  ])("%s is %s, out of the ConfigMap or Secret that is mounted there", async (path, expected) => {
    expect(await readMountedFile(objectsOf(OBJECTS), pod, container, path, never)).toBe(expected);
  });
});

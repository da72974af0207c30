import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { CATALOGUE } from "../../../src-shared/i18n/catalogue.ts";
import { WATCHDOG_STATEMENTS, watchdogManifestsSchema } from "../../../src-shared/model/health/watchdog.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import type { ClusterInventory, WorkloadState } from "../../../src-main/core/health/inventory/cluster-inventory.ts";
import { watchdogManifests } from "../../../src-main/core/health/watchdog/watchdog-manifests.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { CommandLine } from "../../builders/command-line.ts";

const run = promisify(execFile);
const GATE = "kubemate.dev/flush-healthy";

function ingesters(name: string, more: Partial<WorkloadState> = {}): WorkloadState {
  return {
    workload: { kind: "StatefulSet", namespace: "logs", name },
    component: "ingester",
    resourceVersion: "1",
    wanted: 3,
    ready: 3,
    updated: 3,
    observed: true,
    updateStrategy: "RollingUpdate",
    autoscaler: null,
    persistentMounts: [],
    podLabels: {},
    readinessGates: [],
    ...more,
  };
}

function inventory(workloads: readonly WorkloadState[] | null): ClusterInventory {
  return { atMs: 0, namespace: "logs", workloads, pods: null, budgets: null, gaps: [] };
}

interface Shape {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}

function objects(text: string): Shape[] {
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as Shape;
  });
}

function file(manifests: ReturnType<typeof watchdogManifests>, name: string): string {
  return manifests.files.find((one) => one.name === name)?.text ?? "";
}

describe("the watchdog's manifests", () => {
  it("are an account, its rights in Loki's namespace alone, two processes and a budget", () => {
    const made = watchdogManifests(inventory([ingesters("loki-ingester")]), {
      image: "registry.bank:5000/ops/kubemate@sha256:00",
      namespace: "ops",
    });
    const all = objects(file(made, "kubemate-watchdog.yaml"));
    expect(all.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      "ServiceAccount ops",
      "Role logs",
      "RoleBinding logs",
      "Deployment ops",
      "PodDisruptionBudget ops",
    ]);
    const rights = all
      .find(({ kind }) => kind === "Role")
      ?.rules?.flatMap(({ resources, verbs }) => resources.map((resource) => `${resource}: ${verbs.join(",")}`));
    expect(rights).toEqual([
      "pods: list",
      "pods/proxy: get",
      "pods/status: patch",
      "statefulsets: list",
      "poddisruptionbudgets: list",
      "leases: create",
      "leases: get,update",
    ]);
    expect(all.find(({ kind }) => kind === "Deployment")).toMatchObject({
      spec: {
        replicas: 2,
        template: {
          spec: {
            securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                image: "registry.bank:5000/ops/kubemate@sha256:00",
                args: ["watchdog", "--namespace", "logs", "--metrics-listen", "$(POD_IP):9464"],
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
    expect(watchdogManifestsSchema.parse(made)).toEqual(made);
  });

  it("give a right to one ConfigMap only where limits are to go back, and say so", () => {
    const made = watchdogManifests(inventory([ingesters("loki-ingester")]), {
      limitsConfigMap: "loki-runtime/runtime-config.yaml",
    });
    const all = objects(file(made, "kubemate-watchdog.yaml"));
    expect(all.find(({ kind }) => kind === "Role")?.rules?.at(-1)).toEqual({
      apiGroups: [""],
      resources: ["configmaps"],
      resourceNames: ["loki-runtime"],
      verbs: ["get", "patch"],
    });
    expect(file(made, "kubemate-watchdog.yaml")).toContain("--limits-config-map");
    expect(made.statements).toContain("limits-go-back");
  });

  it("are the same text for the same cluster, whatever the order that it is told in", () => {
    const sets = ["a", "b", "c"].map((zone) => ingesters(`loki-ingester-zone-${zone}`));
    const once = watchdogManifests(inventory(sets), {});
    expect(watchdogManifests(inventory(sets.toReversed()), {})).toEqual(once);
    expect(once.files.filter(({ kind }) => kind === "patch").map(({ name }) => name)).toEqual([
      "loki-ingester-zone-a-readiness-gate.diff",
      "loki-ingester-zone-b-readiness-gate.diff",
      "loki-ingester-zone-c-readiness-gate.diff",
    ]);
  });

  it("keep the gates that are there, and leave out a StatefulSet that has this one", () => {
    const made = watchdogManifests(
      inventory([
        ingesters("gated", { readinessGates: [GATE] }),
        ingesters("other", { readinessGates: ["mesh.example/ready"], updateStrategy: "OnDelete" }),
      ]),
      { image: "i" },
    );
    const [patch, ...more] = made.files.filter(({ kind }) => kind === "patch");
    expect(more).toEqual([]);
    expect(patch?.text).toBe(
      [
        "--- a/other.yaml",
        "+++ b/other.yaml",
        "@@ -1,10 +1,11 @@",
        " apiVersion: apps/v1",
        " kind: StatefulSet",
        " metadata:",
        "   name: other",
        "   namespace: logs",
        " spec:",
        "   template:",
        "     spec:",
        "       readinessGates:",
        "         - conditionType: mesh.example/ready",
        `+        - conditionType: ${GATE}`,
        "",
      ].join("\n"),
    );
    expect(patch?.command).toContain(
      `'{"spec":{"template":{"spec":{"readinessGates":[{"conditionType":"mesh.example/ready"},{"conditionType":"${GATE}"}]}}}}'`,
    );
    expect(made.statements).toEqual(expect.arrayContaining(["gated-already", "updated-by-hand"]));
    expect(made.statements).not.toContain("image-missing");
  });

  it("find out by themselves about gates that were not read", () => {
    const { readinessGates: _unread, ...unread } = ingesters("loki-ingester");
    const [patch] = watchdogManifests(inventory([unread]), {}).files.filter(({ kind }) => kind === "patch");
    expect(patch?.command).toMatch(/^test -z "\$\(kubectl get statefulset loki-ingester .*\)" && kubectl patch /);
  });

  it("say what is missing: an image, and mates to compare with", () => {
    const made = watchdogManifests(inventory([ingesters("loki-ingester", { wanted: 2 })]), {});
    expect(made.statements).toEqual(expect.arrayContaining(["image-missing", "too-few-ingesters"]));
    expect(file(made, "kubemate-watchdog.yaml")).toContain("image: registry.invalid/");
  });

  it("cannot be made without StatefulSets of ingesters, and tell why when those may not be read", () => {
    const none = inventory([ingesters("d", { workload: { kind: "Deployment", namespace: "logs", name: "d" } })]);
    expect(() => watchdogManifests(none, {})).toThrow(expect.objectContaining({ code: "health.no-targets" }));
    const error = new AppError("cluster.forbidden", { verb: "list", resource: "statefulsets", namespace: "logs" });
    const gap = { ...inventory(null), gaps: [{ what: "workloads", error }] } as const;
    expect(() => watchdogManifests(gap, {})).toThrow(error);
  });

  it("are told of in both languages", () => {
    for (const key of WATCHDOG_STATEMENTS) {
      expect(CATALOGUE.en[`watchdog.statement.${key}`], key).toMatch(/\.$/);
      expect(CATALOGUE["zh-CN"][`watchdog.statement.${key}`], key).toMatch(/。$/);
    }
  });
});

async function kubectlInstalled(): Promise<boolean> {
  try {
    await run("kubectl", ["version", "--client"]);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
const installed = await kubectlInstalled();

it("kubectl is there in continuous integration; a laptop may do without, and leaves the tests below out", () => {
  expect(installed || process.env["CI"] !== "true").toBe(true);
});

describe.runIf(installed)("kubemate watchdog manifests, as kubectl takes them", () => {
  const command = new CommandLine();
  let lab: Lab;
  let folder: string;

  beforeAll(async () => {
    lab = await createLab({ clock: systemClock, historyHours: 0 });
    folder = await mkdtemp(join(tmpdir(), "watchdog-manifests-"));
    await writeFile(join(folder, "kubeconfig"), lab.kubeconfig);
    command.environment["KUBECONFIG"] = join(folder, "kubeconfig");
  });
  afterAll(async () => {
    command[Symbol.dispose]();
    await lab.close();
    await rm(folder, { recursive: true, force: true });
  });

  const shell = (text: string) =>
    run("sh", ["-c", text], {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: folder, KUBECONFIG: join(folder, "kubeconfig") },
      timeout: 30_000,
    });

  it("are parsed, applied by their own commands, and apply a second time without a change", async () => {
    const site = z.object({ "current-context": z.string() }).parse(parse(lab.kubeconfig))["current-context"];
    const parameters = ["watchdog", "manifests", "--site", site, "--image", "registry.bank/kubemate:1"];
    const printed = await command.run(...parameters, "--directory", folder, "--output", "json");
    expect(printed).toMatchObject({ exitCode: 0, stderr: "" });
    const { files } = watchdogManifestsSchema.parse(JSON.parse(printed.stdout));
    const [manifest, patch] = files;
    if (manifest === undefined || patch === undefined) throw new Error(printed.stdout);
    expect(await readFile(join(folder, manifest.name), "utf8")).toBe(manifest.text);

    const dry = await shell(
      `kubectl apply --dry-run=client --validate=false --output yaml --filename ${manifest.name}`,
    );
    expect(dry.stdout).toContain("kind: Deployment");
    const applied = await shell(manifest.command);
    expect(applied.stdout.trim().split("\n")).toHaveLength(5);
    const again = await shell(manifest.command);
    const changed = again.stdout
      .trim()
      .split("\n")
      .filter((line) => !line.endsWith("unchanged"));
    // A budget's selector is replaced whole by every patch, so kubectl always sends one.
    expect(changed.filter((line) => !line.startsWith("poddisruptionbudget"))).toEqual([]);

    expect((await shell(patch.command)).stdout).toContain("loki-ingester patched");
    const gates = await shell(
      "kubectl get statefulset loki-ingester --namespace loki --output jsonpath='{.spec.template.spec.readinessGates}'",
    );
    expect(JSON.parse(gates.stdout)).toEqual([{ conditionType: GATE }]);

    // What is there is not written over.
    expect((await command.run(...parameters, "--directory", folder)).exitCode).not.toBe(0);
    const later = await command.run(...parameters, "--output", "text");
    expect(later.stdout).toContain("==> kubemate-watchdog.yaml");
  });

  it("refuse what is no image and no namespace", async () => {
    const bad = await command.run("watchdog", "manifests", "--site", "lab", "--image", "a b; rm -rf /");
    expect(bad.exitCode).toBe(2);
    expect((await command.run("watchdog", "manifests", "--site", "lab", "--namespace", "A_B")).exitCode).toBe(2);
    expect((await command.run("watchdog", "manifests")).exitCode).toBe(2);
  });
});

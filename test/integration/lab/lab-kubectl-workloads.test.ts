import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";
import { FastClock } from "../../builders/fast-clock.ts";
import { kubectlInstalled, labKubectl, type LabKubectl } from "../../builders/lab-kubectl.ts";

const installed = await kubectlInstalled();

let lab: Lab;
let kubectl: LabKubectl;

beforeAll(async () => {
  lab = await createLab({ clock: new FastClock(20), historyHours: 0 });
  kubectl = await labKubectl(lab);
});

afterAll(async () => {
  await kubectl[Symbol.asyncDispose]();
  await lab.close();
});

const MANIFESTS = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: guard, namespace: loki }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: guard, namespace: loki }
rules:
  - { apiGroups: [""], resources: [pods/status], verbs: [patch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: guard, namespace: loki }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: guard }
subjects: [{ kind: ServiceAccount, name: guard, namespace: loki }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: guard, namespace: loki }
spec:
  replicas: 2
  selector: { matchLabels: { app: guard } }
  template:
    metadata: { labels: { app: guard } }
    spec:
      serviceAccountName: guard
      containers: [{ name: guard, image: "registry.bank.example/guard:1" }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: guard, namespace: loki }
spec: { minAvailable: 1, selector: { matchLabels: { app: guard } } }
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { name: guard, namespace: loki }
spec: { holderIdentity: nobody, leaseDurationSeconds: 15 }
`;

describe.runIf(installed)("kubectl on the lab's workloads", () => {
  it("restarts a StatefulSet, waits for it, and brings the old template back", async () => {
    const revision = () => kubectl.run("get", "sts/loki-ruler", "-o", "jsonpath={.status.currentRevision}");
    const before = await revision();
    await kubectl.run("rollout", "restart", "sts/loki-ruler");
    expect(await kubectl.run("rollout", "status", "sts/loki-ruler", "--timeout=20s")).toContain("roll out complete");
    expect(await revision()).not.toBe(before);
    expect(await kubectl.run("rollout", "history", "sts/loki-ruler")).toMatch(/^1 +<none>\n2 +<none>$/m);
    await kubectl.run("rollout", "undo", "sts/loki-ruler");
    await kubectl.run("rollout", "status", "sts/loki-ruler", "--timeout=20s");
    expect(await revision()).toBe(before);
  });

  it("restarts a Deployment and undoes it: the old ReplicaSet is filled again", async () => {
    const hashes = () =>
      kubectl.run(
        "get",
        "pods",
        "-l",
        "app.kubernetes.io/component=querier",
        "-o",
        "jsonpath={.items[*].metadata.labels.pod-template-hash}",
      );
    const before = await hashes();
    await kubectl.run("rollout", "restart", "deploy/loki-querier");
    expect(await kubectl.run("rollout", "status", "deploy/loki-querier", "--timeout=20s")).toContain(
      "successfully rolled out",
    );
    expect(await hashes()).not.toContain(before.split(" ")[0]);
    await kubectl.run("rollout", "undo", "deploy/loki-querier");
    await kubectl.run("rollout", "status", "deploy/loki-querier", "--timeout=20s");
    await kubectl.run(
      "wait",
      "--for=delete",
      "pod",
      "-l",
      "pod-template-hash!=6dc79799b7,app.kubernetes.io/component=querier",
    );
    expect(await hashes()).toBe(before);
  });

  it("scales an ingester in and out", async () => {
    await kubectl.run("scale", "sts/loki-ingester", "--replicas=4", "--current-replicas=3");
    await kubectl.run("rollout", "status", "sts/loki-ingester", "--timeout=20s");
    const ready = await kubectl.run("get", "--raw", "/api/v1/namespaces/loki/pods/loki-ingester-3:3100/proxy/ready");
    expect(ready).toBe("ready\n");
    await kubectl.run("scale", "sts/loki-ingester", "--replicas=3");
    await kubectl.run("wait", "--for=delete", "pod/loki-ingester-3", "--timeout=20s");
    await expect(kubectl.run("scale", "sts/loki-ingester", "--replicas=2", "--current-replicas=7")).rejects.toThrow(
      "Expected replicas to be 7, was 3",
    );
  });

  it("applies manifests, changes them, applies them from the server's side, and deletes them with what they made", async () => {
    const path = await kubectl.file("guard.yaml", MANIFESTS);
    expect(await kubectl.run("apply", "-f", path)).toContain("lease.coordination.k8s.io/guard created");
    await kubectl.run("rollout", "status", "deploy/guard", "--timeout=20s");
    await kubectl.run("wait", "pdb/guard", "--for=jsonpath={.status.disruptionsAllowed}=1", "--timeout=20s");
    const more = await kubectl.file("guard.yaml", MANIFESTS.replace("replicas: 2", "replicas: 3"));
    expect(await kubectl.run("apply", "-f", more)).toContain("deployment.apps/guard configured");
    expect(await kubectl.run("apply", "-f", more)).toContain("deployment.apps/guard unchanged");
    await kubectl.run("wait", "pdb/guard", "--for=jsonpath={.status.disruptionsAllowed}=2", "--timeout=20s");
    expect(await kubectl.run("apply", "--server-side", "--force-conflicts", "-f", more)).toContain(
      "serverside-applied",
    );
    await kubectl.run("delete", "-f", more);
    await kubectl.run("wait", "--for=delete", "pod", "-l", "app=guard", "--timeout=20s");
    expect(await kubectl.run("get", "rs,pods", "-l", "app=guard", "-o", "name")).toBe("");
  });

  it("writes a pod's status", async () => {
    const condition = { type: "kubemate.dev/flush-healthy", status: "False", reason: "Drill" };
    const patch = JSON.stringify({ status: { conditions: [condition] } });
    await kubectl.run("patch", "pod", "loki-ingester-0", "--subresource=status", "-p", patch);
    const read = '{.status.conditions[?(@.type=="kubemate.dev/flush-healthy")].reason}';
    expect(await kubectl.run("get", "pod", "loki-ingester-0", "-o", `jsonpath=${read}`)).toBe("Drill");
    expect(await kubectl.run("get", "pod", "loki-ingester-0", "-o", "jsonpath={.status.phase}")).toBe("Running");
  });
});

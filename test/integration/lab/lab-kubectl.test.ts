import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { createLab, type Lab } from "../../../src-main/lab/lab.ts";

const run = promisify(execFile);

let lab: Lab;
let folder: string;
let environment: NodeJS.ProcessEnv;

async function kubectlVersion(): Promise<string | null> {
  try {
    const { stdout } = await run("kubectl", ["version", "--client", "-o", "json"]);
    return stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

const installed = (await kubectlVersion()) !== null;
const inCi = process.env["CI"] === "true";

async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("kubectl", [...args], { env: environment, timeout: 20_000 });
  return stdout;
}

beforeAll(async () => {
  lab = await createLab({ clock: systemClock, historyHours: 1 });
  folder = await mkdtemp(join(tmpdir(), "lab-kubectl-"));
  await writeFile(join(folder, "config"), lab.kubeconfig);
  environment = { ...process.env, KUBECONFIG: join(folder, "config"), HOME: folder };
});

afterAll(async () => {
  await lab.close();
  await rm(folder, { recursive: true, force: true });
});

it("kubectl is there in continuous integration; a laptop may do without, and leaves the tests below out", () => {
  expect(installed || !inCi).toBe(true);
});

describe.runIf(installed)("kubectl against the lab's kubeconfig", () => {
  it("lists the pods of Loki with their places", async () => {
    const text = await kubectl("get", "pods", "-o", "wide");
    expect(text).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE/);
    expect(text).toMatch(/^loki-ingester-0 +1\/1 +Running +0 +24h +10\.244\.\d+\.\d+ +node-w1/m);
    expect(text.trim().split("\n")).toHaveLength(15);
  });

  it("selects by labels and by fields", async () => {
    const ingesters = await kubectl("get", "pods", "-l", "app.kubernetes.io/component=ingester", "-o", "name");
    expect(ingesters.trim().split("\n")).toEqual(["pod/loki-ingester-0", "pod/loki-ingester-1", "pod/loki-ingester-2"]);
    const one = await kubectl(
      "get",
      "pods",
      "-A",
      "--field-selector",
      "metadata.name=ledger-0",
      "-o",
      "jsonpath={.items[*].metadata.namespace}",
    );
    expect(one).toBe("retail-bank");
  });

  it("reads the runtime configuration with its comments, and writes an annotation", async () => {
    const yaml = await kubectl("get", "cm", "loki-runtime", "-o", "yaml");
    expect(yaml).toContain("ingestion_rate_mb: 20          # month-end closing");
    await kubectl("annotate", "cm", "loki-runtime", "reviewed-by=sre");
    expect(await kubectl("get", "cm", "loki-runtime", "-o", "jsonpath={.metadata.annotations.reviewed-by}")).toBe(
      "sre",
    );
  });

  it("shows logs: the last lines, of the container before a restart, with timestamps", async () => {
    const tail = await kubectl("logs", "loki-ingester-0", "--tail=3");
    expect(tail.trim().split("\n")).toHaveLength(3);
    expect(tail).toContain("caller=flush.go");
    expect(await kubectl("logs", "loki-ingester-1", "--previous", "--tail=1")).toContain("level=");
    expect(
      await kubectl("logs", "-n", "treasury", "recon-7c6f5d8b9-gw8z4", "--since=10m", "--timestamps", "--tail=1"),
    ).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \S/);
    await expect(kubectl("logs", "loki-ingester-0", "--previous")).rejects.toThrow(
      /previous terminated container "ingester" in pod "loki-ingester-0" not found/,
    );
  });

  it("follows logs as they flow", async () => {
    const child = spawn("kubectl", ["logs", "-f", "-n", "retail-bank", "gateway-6c5d9b7f4-8ndlx", "--tail=1"], {
      env: environment,
    });
    try {
      await new Promise<void>((resolve, reject) => {
        let lines = 0;
        child.stdout.on("data", (data: Buffer) => {
          lines += data.toString().split("\n").length - 1;
          if (lines >= 4) resolve();
        });
        child.once("exit", (code) => reject(new Error(`kubectl ended with ${String(code)}`)));
      });
    } finally {
      child.removeAllListeners("exit");
      child.kill();
    }
  });

  it("watches", async () => {
    const child = spawn(
      "kubectl",
      ["get", "pods", "-l", "app.kubernetes.io/component=querier", "--watch", "-o", "name"],
      { env: environment },
    );
    const seen: string[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        let deleted = false;
        child.stdout.on("data", (data: Buffer) => {
          seen.push(...data.toString().trim().split("\n"));
          if (!deleted && seen.length >= 2) {
            deleted = true;
            kubectl("delete", seen[0] ?? "", "--wait=false").catch(reject);
          }
          if (new Set(seen).size >= 3) resolve();
        });
        child.once("exit", (code) => reject(new Error(`kubectl ended with ${String(code)}`)));
      });
    } finally {
      child.removeAllListeners("exit");
      child.kill();
    }
    expect(new Set(seen).size).toBe(3);
  });

  it("asks what one may do, as the administrator and as the viewer", async () => {
    expect((await kubectl("auth", "can-i", "patch", "configmaps")).trim()).toBe("yes");
    const viewer = await run("kubectl", ["--context", "kubemate-lab-viewer", "auth", "can-i", "patch", "configmaps"], {
      env: environment,
    }).catch((error: { stdout: string }) => error);
    expect(viewer.stdout.trim()).toBe("no");
    await expect(kubectl("--context", "kubemate-lab-viewer", "get", "cm")).rejects.toThrow(
      /configmaps is forbidden: User "viewer" cannot list resource "configmaps" in API group "" in the namespace "loki"/,
    );
  });

  it.each(["true", "false"])("forwards a port of a pod (through a WebSocket where it can: %s)", async (webSocket) => {
    const child = spawn("kubectl", ["port-forward", "pod/loki-ingester-0", ":3100"], {
      env: { ...environment, KUBECTL_PORT_FORWARD_WEBSOCKETS: webSocket },
    });
    try {
      const port = await new Promise<string>((resolve, reject) => {
        child.stdout.on("data", (data: Buffer) => {
          const found = /127\.0\.0\.1:(\d+) -> 3100/.exec(data.toString())?.[1];
          if (found !== undefined) resolve(found);
        });
        child.stderr.on("data", (data: Buffer) => reject(new Error(data.toString())));
        child.once("exit", (code) => reject(new Error(`kubectl ended with ${String(code)}`)));
      });
      for (let round = 0; round < 3; round += 1) {
        const answer = await fetch(`http://127.0.0.1:${port}/services`, { headers: { Connection: "close" } });
        expect(await answer.text()).toContain("ingester => Running");
      }
      const large = await fetch(`http://127.0.0.1:${port}/config`);
      expect((await large.text()).length).toBeGreaterThan(3_000);
    } finally {
      child.removeAllListeners("exit");
      child.kill();
    }
  });

  it("reaches Loki through the API server's proxy, by service and by pod", async () => {
    expect(
      await kubectl("get", "--raw", "/api/v1/namespaces/loki/services/loki-query-frontend:http-metrics/proxy/ready"),
    ).toBe("ready\n");
    expect(await kubectl("get", "--raw", "/api/v1/namespaces/loki/pods/loki-ingester-0:3100/proxy/services")).toContain(
      "ingester => Running",
    );
    await expect(
      kubectl("get", "--raw", "/api/v1/namespaces/loki/services/loki-ingester:nope/proxy/ready"),
    ).rejects.toThrow(/no endpoints available for service "loki-ingester:nope"/);
  });
});

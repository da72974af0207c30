import { stat } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { LabService } from "../../../src-main/core/lab/lab.service.ts";
import { labHandlers } from "../../../src-main/rpc/lab.router.ts";
import { localCaller } from "../../../src-main/rpc/local-caller.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";
import { workerSource } from "../../builders/worker-source.ts";

const locate = workerSource;
const services: LabService[] = [];
const folders: TemporaryDirectory[] = [];

afterEach(async () => {
  await Promise.all(services.splice(0).map((lab) => lab.stop()));
  for (const folder of folders.splice(0)) folder[Symbol.dispose]();
});

function labService(options: { lokiPort?: number } = {}): { lab: LabService; file: string; changes: () => number } {
  const folder = temporaryDirectory();
  folders.push(folder);
  const file = folder.file("lab/kubeconfig");
  let changes = 0;
  const lab = new LabService({
    locate,
    logger: new RecordingLogger(),
    kubeconfigFile: file,
    historyHours: 1,
    onChange: () => {
      changes += 1;
    },
    ...options,
  });
  services.push(lab);
  return { lab, file, changes: () => changes };
}

describe("the lab in its own thread", () => {
  it("starts once however often it is asked, says its URLs, and is gone when stopped", async () => {
    const { lab, file, changes } = labService();
    expect(lab.status()).toEqual({ running: false, tenants: [], faults: [] });
    const [first, second] = await Promise.all([lab.start(), lab.start()]);
    expect(second).toBe(first);
    expect(first).toMatchObject({
      running: true,
      kubeconfig: file,
      tenants: ["retail-bank", "cards", "treasury", "platform"],
    });
    expect(await (await fetch(`${first.lokiUrl ?? ""}/ready`)).text()).toBe("ready\n");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await lab.stop();
    expect(lab.status().running).toBe(false);
    expect(changes()).toBeGreaterThanOrEqual(2);
    await expect(stat(file)).rejects.toThrow("ENOENT");
    await expect(fetch(`${first.lokiUrl ?? ""}/ready`)).rejects.toThrow();
  });

  it("switches faults through the door's handlers", async () => {
    const { lab } = labService();
    const handlers = labHandlers(lab);
    const context = {
      caller: localCaller("p", "admin", "browser"),
      signal: new AbortController().signal,
    } as const;
    await expect(handlers.setFault({ fault: "rate-limit", on: true }, context)).rejects.toMatchObject({
      code: "lab.unavailable",
    });
    await lab.start();
    expect(await handlers.setFault({ fault: "rate-limit", on: true }, context)).toMatchObject({
      faults: ["rate-limit"],
    });
    expect(await handlers.status(undefined, context)).toMatchObject({ running: true, faults: ["rate-limit"] });
  });

  it("switches a fault of one ingester by any of its names, and refuses one that is not there", async () => {
    const { lab } = labService();
    const { ingesters } = await lab.start();
    expect(ingesters).toEqual(["loki-ingester-0", "loki-ingester-1", "loki-ingester-2"]);
    const on = await lab.setFault("slow-flush:ingester-1", true);
    expect(on.faults).toEqual(["slow-flush:loki-ingester-1"]);
    for (const fault of ["slow-flush:ingester-7", "tenant-storm:nobody", "nothing"]) {
      await expect(lab.setFault(fault, true)).rejects.toMatchObject({ code: "lab.fault-unknown" });
    }
    const off = await lab.setFault("slow-flush:1", false);
    expect(off.faults).toEqual([]);
  });

  it("seeds a tenant for a bench", async () => {
    const { lab } = labService();
    await lab.start();
    const now = BigInt(Date.now()) * 1_000_000n;
    const seeded = await lab.seed({
      tenant: "bench",
      lines: 1_000,
      streams: 2,
      startNs: now - 1_000_000_000n,
      endNs: now,
      lineBytes: 80,
      seed: 1,
    });
    expect(seeded).toMatchObject({ lines: 1_000, streams: 2 });
  });

  it("says why it cannot start, and may be asked again", async () => {
    const first = labService();
    const running = await first.lab.start();
    const taken = labService({ lokiPort: Number(new URL(running.lokiUrl ?? "").port) });
    await expect(taken.lab.start()).rejects.toMatchObject({
      code: "lab.unavailable",
      params: { problem: expect.stringContaining("EADDRINUSE") },
    });
    await first.lab.stop();
    await expect(taken.lab.start()).resolves.toMatchObject({ running: true });
  });
});

import { Faults } from "../../../src-main/lab/loki/faults.ts";
import { describe, expect, it } from "vitest";
import { labFaultSchema, resolveLabFault } from "../../../src-shared/model/lab-fault.ts";

const TARGETS = {
  ingesters: ["loki-ingester-0", "loki-ingester-1", "loki-ingester-11"],
  pods: ["loki-ingester-0", "loki-ingester-1", "loki-ingester-11", "loki-query-frontend-7688b5df74-mbh86"],
  tenants: ["cards"],
};

describe("a fault of the lab", () => {
  it("names a pod in full, without its release, or by its number", () => {
    for (const text of ["slow-flush:loki-ingester-1", "slow-flush:ingester-1", "slow-flush:1"]) {
      expect(resolveLabFault(text, TARGETS), text).toBe("slow-flush:loki-ingester-1");
    }
    expect(resolveLabFault("killed:11", TARGETS)).toBe("killed:loki-ingester-11");
  });

  it("of the runtime configuration is any pod's", () => {
    const frontend = "runtime-stuck:loki-query-frontend-7688b5df74-mbh86";
    expect(resolveLabFault(frontend, TARGETS)).toBe(frontend);
    expect(resolveLabFault("runtime-stuck:ingester-1", TARGETS)).toBe("runtime-stuck:loki-ingester-1");
    expect(resolveLabFault("killed:loki-query-frontend-7688b5df74-mbh86", TARGETS)).toBeNull();
  });

  it("is refused when there is no such fault, target or tenant", () => {
    for (const text of [
      "slow-flush",
      "slow-flush:",
      "slow-flush:ingester-7",
      "slow-flush:querier-0",
      "cut-tails:ingester-1",
      "tenant-storm:nobody",
      "tenant-storm:ingester-1",
      "nothing",
      "killed:loki-ingester-1 ",
      `killed:${"x".repeat(400)}`,
    ]) {
      expect(resolveLabFault(text, TARGETS), text).toBeNull();
    }
    expect(resolveLabFault("tenant-storm:cards", TARGETS)).toBe("tenant-storm:cards");
    expect(resolveLabFault("object-store-down", TARGETS)).toBe("object-store-down");
  });

  it("is a whole word: nothing may stand before or after it", () => {
    expect(labFaultSchema.safeParse("killed:a b").success).toBe(false);
    expect(labFaultSchema.safeParse("x killed:a").success).toBe(false);
    expect(labFaultSchema.safeParse("killed:a\n").success).toBe(false);
  });

  it("names damages of the bucket and minutes of the copy's lag, and knows no others", () => {
    const targets = { ingesters: [], tenants: [] };
    expect(resolveLabFault("bucket-damage:missing-chunk", targets)).toBe("bucket-damage:missing-chunk");
    expect(resolveLabFault("dr-lag:030", targets)).toBe("dr-lag:30");
    for (const text of ["bucket-damage", "bucket-damage:fire", "dr-lag:", "dr-lag:soon", "dr-lag:1441", "dr-lag:99999"])
      expect(resolveLabFault(text, targets)).toBe(null);
  });

  it("has one lag at a time", () => {
    const faults = new Faults();
    faults.set("dr-lag:30", true);
    faults.set("dr-lag:60", true);
    expect(faults.list()).toEqual(["dr-lag:60"]);
  });
});

import { cpSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  quarantinePlanSchema,
  quarantineReportSchema,
  type QuarantinePlan,
} from "../../../src-shared/model/storage/quarantine.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { CommandLine } from "../../builders/command-line.ts";
import { unpackLokiStorage } from "../../builders/loki-storage.ts";
import { contentsOf } from "../../builders/quarantine-desk.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

interface Scanned {
  readonly summary: { readonly scan: string };
  readonly findings: readonly { readonly id: string; readonly kind: string; readonly key: string }[];
}

function planOf(stdout: string): QuarantinePlan {
  return quarantinePlanSchema.parse(JSON.parse(stdout));
}

describe("kubemate storage quarantine", () => {
  it("plans, refuses without --yes and without a reason for what is doubted, applies, lists and undoes", async () => {
    using line = new CommandLine();
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "damaged");
    await using store = new FolderObjectStore(work.path);
    const before = await contentsOf(store);
    const place = ["--store", work.path, "--output", "json"];
    const scan = JSON.parse((await line.run("storage", "scan", ...place)).stdout) as Scanned;
    const bad = scan.findings.find(({ kind }) => kind === "truncated-chunk")?.key ?? "";
    const what = ["--key", bad, "--key", "acme/README.txt"];

    const planned = await line.run("storage", "quarantine", "plan", ...place, ...what);
    expect(planned.exitCode).toBe(0);
    const plan = planOf(planned.stdout);
    expect(plan.items.map(({ key, remains }) => [key, remains])).toEqual([
      [bad, "none"],
      ["acme/README.txt", "nothing-lost"],
    ]);
    expect(plan.problems).toContainEqual(expect.objectContaining({ code: "only-copy", weight: "doubts" }));
    const asked = await line.run("storage", "quarantine", "apply", ...place, ...what);
    expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--yes") });
    const doubted = await line.run("storage", "quarantine", "apply", ...place, ...what, "--yes");
    expect(doubted).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("only-copy") });
    expect(await contentsOf(store)).toEqual(before);

    const applied = await line.run(
      "storage",
      "quarantine",
      "apply",
      ...place,
      ...what,
      "--yes",
      "--reason",
      "Loki trips",
    );
    expect(applied).toMatchObject({ exitCode: 0, stderr: "" });
    const report = quarantineReportSchema.parse(JSON.parse(applied.stdout));
    expect(report).toMatchObject({ done: true, removed: 2, reason: "Loki trips" });
    const aside = await contentsOf(store);
    expect([...before.keys()].filter((key) => !aside.has(key)).toSorted()).toEqual(["acme/README.txt", bad].toSorted());

    const again = JSON.parse((await line.run("storage", "scan", ...place)).stdout) as Scanned;
    expect(again.findings.some(({ key }) => key.startsWith("__kubemate__/"))).toBe(false);
    expect(again.findings.find(({ key }) => key === bad)?.kind).toBe("missing-chunk");

    const listed = await line.run("storage", "quarantine", "list", ...place);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ batch: report.plan.batch, state: "set-aside", count: 2 }]);
    const undone = await line.run("storage", "quarantine", "undo", report.plan.batch, ...place, "--yes");
    expect(undone).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await contentsOf(store)).toEqual(before);
    const audit = await line.run("audit", "list", "--output", "json");
    expect(audit.stdout).toContain("recovery.applyQuarantine");
    expect(audit.stdout).toContain("Loki trips");
    const text = await line.run("storage", "quarantine", "list", "--store", work.path);
    expect(text.stdout).toMatch(/Brought back .* 2 objects/);
  }, 60_000);

  it("sets aside what findings of a kept scan are about, and refuses what is no choice", async () => {
    using line = new CommandLine();
    using work = temporaryDirectory();
    unpackLokiStorage(work.path, "damaged");
    const place = ["--store", work.path, "--output", "json"];
    const scanned = await line.run("storage", "scan", ...place, "--compare");
    const { summary, findings } = JSON.parse(scanned.stdout) as Scanned;
    const { scan } = summary;
    const garbage = findings.find(({ kind }) => kind === "garbage-object");
    const missing = findings.find(({ kind }) => kind === "missing-chunk");
    const of = (id: string | undefined) => ["--scan", scan, "--finding", id ?? ""];
    const applied = await line.run("storage", "quarantine", "apply", ...place, ...of(garbage?.id), "--yes");
    expect(applied).toMatchObject({ exitCode: 0, stderr: "" });
    expect(quarantineReportSchema.parse(JSON.parse(applied.stdout)).plan.items[0]?.key).toBe(garbage?.key);
    const stopped = await line.run("storage", "quarantine", "plan", ...place, ...of(missing?.id));
    expect(stopped.exitCode).toBe(2);
    expect(planOf(stopped.stdout).problems.map(({ code }) => code)).toContain("nothing-there");
    for (const wrong of [[], ["--key", "a", ...of("x")], ["--scan", scan]]) {
      expect((await line.run("storage", "quarantine", "plan", ...place, ...wrong)).exitCode).toBe(2);
    }
    expect((await line.run("storage", "quarantine", "undo", "no-such-batch", ...place, "--yes")).exitCode).toBe(4);
  }, 60_000);
});

describe("kubemate storage scan --shard, merge and job-manifest", () => {
  it("scan in parts says what one scan says, from the bucket and from files", async () => {
    using line = new CommandLine();
    using work = temporaryDirectory();
    unpackLokiStorage(work.file("bucket"), "damaged");
    cpSync(work.file("bucket"), work.file("copy"), { recursive: true });
    const place = ["--store", work.file("bucket")];
    const whole = JSON.parse(
      (await line.run("storage", "scan", "--store", work.file("copy"), "--output", "json")).stdout,
    ) as Scanned & { chunks: number };
    for (const index of [0, 1, 2]) {
      const shard = ["--shard", `${index}/3`, "--scan-name", "nightly"];
      const more = index === 2 ? ["--part", work.file("last.gz")] : [];
      const scanned = await line.run("storage", "scan", ...place, ...shard, ...more, "--output", "json");
      expect(scanned).toMatchObject({ exitCode: 0, stderr: "" });
      expect(JSON.parse(scanned.stdout)).toMatchObject({ scan: "nightly", shard: { index, count: 3 } });
    }
    const halfDone = await line.run("storage", "merge", ...place, "--scan-name", "nightly");
    expect(halfDone).toMatchObject({ exitCode: 1, stdout: "" });
    const last = ["--shard", "2/3", "--scan-name", "nightly"];
    await line.run("storage", "scan", ...place, ...last);
    const merged = await line.run("storage", "merge", ...place, "--scan-name", "nightly", "--output", "json");
    expect(merged.exitCode).toBe(0);
    const report = JSON.parse(merged.stdout) as typeof whole;
    const plain = ({ findings }: Scanned) => findings.map(({ kind, key }) => `${kind} ${key}`);
    expect(plain(report)).toEqual(plain(whole));
    expect(report.chunks).toBe(whole.chunks);
    const files = await line.run("storage", "merge", work.file("last.gz"));
    expect(files.exitCode).toBe(1);
    for (const bad of [
      ["--shard", "3/3", "--scan-name", "x"],
      ["--shard", "0/3"],
      ["--shard", "0/3", "--scan-name", "x", "--rate", "1MB"],
    ]) {
      expect((await line.run("storage", "scan", ...place, ...bad)).exitCode).toBe(2);
    }
  }, 60_000);

  it("job-manifest prints the Job and sends nothing", async () => {
    using line = new CommandLine();
    const job = ["--namespace", "logs", "--image", "registry.invalid/kubemate:1", "--shards", "4"];
    const store = ["--store", "s3://loki?endpoint=https://minio.invalid:9000"];
    const printed = await line.run("storage", "job-manifest", ...store, ...job, "--tenant", "acme", "--deep");
    expect(printed).toMatchObject({ exitCode: 0, stderr: "" });
    expect(printed.stdout).toContain("completionMode: Indexed");
    expect(printed.stdout).toContain("$(JOB_COMPLETION_INDEX)/4");
    expect((await line.run("storage", "job-manifest", "--store", "/tmp", ...job)).exitCode).not.toBe(0);
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { fromBufferPromise } from "yauzl";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import type { ArchiveContents } from "../../../src-main/core/archive/archive-contents.ts";
import { openKubemateArchive } from "../../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import {
  capsuleComment,
  checksumsSchema,
  isCapsuleEntry,
  sha256Of,
} from "../../../src-main/core/capsules/capsule-format.ts";
import { createCapsule } from "../../../src-main/core/capsules/create-capsule.ts";
import { createCapsuleOpener, describeCapsule } from "../../../src-main/core/capsules/open-capsule.ts";
import { COMPLETE } from "../../../src-shared/model/completeness.ts";
import {
  capsuleInput,
  capsuleParts,
  oldArchive,
  openParts,
  prod,
  spare,
  storedRows,
} from "../../builders/capsule-parts.ts";
import type { PlainRow } from "../../builders/log-batches.ts";
import { memoryLogSource } from "../../builders/memory-log-source.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const always = new AbortController().signal;
const openCapsule = createCapsuleOpener(openKubemateArchive);

function rowsOf(app: string, count: number): PlainRow[] {
  return Array.from({ length: count }, (_, index) => ({
    timestampNs: BigInt(1_000 + Math.floor(index / 3)),
    labels: { app },
    line: `${app} ${index} 13800138000`,
  }));
}

async function opened(file: string, root: TemporaryDirectory, name = "work"): Promise<ArchiveContents> {
  mkdirSync(root.file(name), { recursive: true });
  const outcome = await openCapsule([file], {}, openParts(root.file(name)));
  if (outcome?.kind !== "opened") throw new Error(`not opened: ${outcome?.kind}`);
  return outcome.contents;
}

describe("an investigation capsule", () => {
  it("gives back what went in: rows of several sources, queries, notes, facts and audit entries", async () => {
    using root = temporaryDirectory();
    await using parts = capsuleParts(root.path, (target) =>
      memoryLogSource({ rows: rowsOf(target.kind === "archive" ? "old" : "a", 10), batchRows: 4 }),
    );
    const file = root.file("case.kubemate-capsule");
    const query = capsuleInput(file).queries[0];
    if (query === undefined) throw new Error("no query");
    const queries = [
      query,
      { ...query, target: spare },
      { ...query, target: oldArchive, query: '{app="old"} |= "old 3"' },
    ];
    const made = await createCapsule(capsuleInput(file, { queries }), parts, () => {}, always);
    expect(made).toMatchObject({ path: file, rows: 21, completeness: COMPLETE });
    expect(readdirSync(root.file("capsule-work"))).toEqual([]);

    const capsule = await describeCapsule(file);
    expect(capsule).toMatchObject({
      title: "Payments slow",
      notes: "## 10:02\nlatency rises",
      createdBy: "ada",
      program: "kubemate 0.0.0-test",
      facts: [{ site: "prod", name: "loki version", value: "3.7.6" }],
      audit: [{ sequence: 7, hash: "ff", previousHash: "00" }],
      queries: [
        { query: '{app="a"}', site: "prod", tenant: "bank.prod", rows: 10, completeness: COMPLETE },
        { site: "dr", tenant: "bank.dr", rows: 10 },
        { query: '{app="old"} |= "old 3"', site: "last week", tenant: "retail", rows: 1 },
      ],
    });
    const contents = await opened(file, root);
    expect(contents).toMatchObject({ kind: "capsule", title: "Payments slow", dropsDuplicates: false, problems: [] });
    expect([...contents.tenants].sort()).toEqual(["bank.dr", "bank.prod", "retail"]);
    const rows = await storedRows(contents);
    expect(rows).toHaveLength(21);
    expect(rows).toContain('retail 1001 {"app":"old"} old 3 13800138000');
  });

  it("takes equal rows for one only where two of its queries may have taken the same row", async () => {
    using root = temporaryDirectory();
    await using parts = capsuleParts(root.path, () => memoryLogSource({ rows: rowsOf("a", 10), batchRows: 4 }));
    const [query] = capsuleInput("").queries;
    if (query === undefined) throw new Error("no query");
    const make = async (name: string, queries: readonly (typeof query)[]): Promise<ArchiveContents> => {
      const file = root.file(`${name}.kubemate-capsule`);
      await createCapsule(capsuleInput(file, { queries: [...queries] }), parts, () => {}, always);
      return await opened(file, root, name);
    };
    expect((await make("alone", [query])).dropsDuplicates).toBe(false);
    expect((await make("apart", [query, { ...query, target: spare }])).dropsDuplicates).toBe(false);
    expect((await make("twice", [query, { ...query, query: '{app="a"} |= "a 1"' }])).dropsDuplicates).toBe(true);
  });

  it("takes the newest rows of a limited query, oldest first in its files", async () => {
    using root = temporaryDirectory();
    await using parts = capsuleParts(root.path, () => memoryLogSource({ rows: rowsOf("a", 100), batchRows: 7 }));
    const file = root.file("newest.kubemate-capsule");
    const [query] = capsuleInput(file).queries;
    if (query === undefined) throw new Error("no query");
    const queries = [{ ...query, direction: "backward", limit: 20 } as const];
    await createCapsule(capsuleInput(file, { queries }), parts, () => {}, always);
    const rows = await storedRows(await opened(file, root));
    const lines = rows.map((row) => Number(row.split(" ").at(-2)));
    expect(lines.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => 80 + index));
    expect((await describeCapsule(file)).queries[0]?.completeness.reasons).toEqual([
      { kind: "limit-reached", limit: 20 },
    ]);
  });

  it("keeps of a metric query the lines that it counts", async () => {
    using root = temporaryDirectory();
    await using parts = capsuleParts(root.path, () => memoryLogSource({ rows: rowsOf("a", 30) }));
    const file = root.file("metric.kubemate-capsule");
    const [query] = capsuleInput(file).queries;
    if (query === undefined) throw new Error("no query");
    const expr = 'sum(count_over_time({app="a"} |= "1" | json | x="y" [1m])) / sum(count_over_time({app="a"}[5m]))';
    await createCapsule(
      capsuleInput(file, { queries: [{ ...query, query: expr, limit: 5 }] }),
      parts,
      () => {},
      always,
    );
    const lines = new Set(await storedRows(await opened(file, root)));
    expect(lines.size).toBe(30);
    expect((await describeCapsule(file)).queries[0]?.query).toBe(expr);
  });

  it("makes unreadable what was asked for, and says how often", async () => {
    using root = temporaryDirectory();
    await using parts = capsuleParts(root.path, () => memoryLogSource({ rows: rowsOf("a", 12) }));
    const file = root.file("redacted.kubemate-capsule");
    const [query] = capsuleInput(file).queries;
    if (query === undefined) throw new Error("no query");
    const asked = {
      redact: ["phone" as const],
      notes: "the customer of 13900139000 called",
      queries: [{ ...query, query: '{app="a"} |= "13800138000"' }],
    };
    const made = await createCapsule(capsuleInput(file, asked), parts, () => {}, always);
    // Twelve rows, one note, one query.
    expect(made.redacted).toEqual({ phone: 14 });
    const capsule = await describeCapsule(file);
    expect(capsule).toMatchObject({ redacted: { phone: 14 }, notes: "the customer of [redacted:phone] called" });
    expect(readFileSync(file).includes("13900139000")).toBe(false);
    expect(readFileSync(file).includes("13800138000")).toBe(false);
    const rows = await storedRows(await opened(file, root));
    expect(rows.join("\n")).not.toContain("13800138000");
  });

  it("opens also when no query found anything", async () => {
    using root = temporaryDirectory();
    await using parts = capsuleParts(root.path, () => memoryLogSource({ rows: [] }));
    const file = root.file("empty.kubemate-capsule");
    await createCapsule(capsuleInput(file), parts, () => {}, always);
    const contents = await opened(file, root);
    expect(contents.blocks).toEqual([]);
    expect((await describeCapsule(file)).queries[0]?.rows).toBe(0);
  });

  it("takes nobody's place, and leaves nothing where it failed", async () => {
    using root = temporaryDirectory();
    await using parts = capsuleParts(root.path, () => memoryLogSource({ rows: rowsOf("a", 3) }));
    const file = root.file("there.kubemate-capsule");
    writeFileSync(file, "mine");
    await expect(createCapsule(capsuleInput(file), parts, () => {}, always)).rejects.toSatisfy((error) =>
      hasCode(error, "archive.already-there"),
    );
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect(readdirSync(root.path).filter((name) => name.includes("partial"))).toEqual([]);
    expect(readdirSync(root.file("capsule-work"))).toEqual([]);
  });

  it("is not there when it was cancelled", async () => {
    using root = temporaryDirectory();
    const controller = new AbortController();
    await using parts = capsuleParts(root.path, () =>
      memoryLogSource({
        rows: rowsOf("a", 30),
        batchRows: 10,
        beforeBatch: (rows) => (rows > 9 ? controller.abort() : undefined),
      }),
    );
    const file = root.file("cancelled.kubemate-capsule");
    await expect(createCapsule(capsuleInput(file), parts, () => {}, controller.signal)).rejects.toSatisfy((error) =>
      hasCode(error, "request.cancelled"),
    );
    expect(existsSync(file)).toBe(false);
  });

  it.runIf(spawnSync("python3", ["--version"]).status === 0 || process.env["CI"] === "true")(
    "is a zip that anybody can take apart",
    async () => {
      using root = temporaryDirectory();
      await using parts = capsuleParts(root.path, () => memoryLogSource({ rows: rowsOf("a", 3) }));
      const file = root.file("zip.kubemate-capsule");
      await createCapsule(capsuleInput(file), parts, () => {}, always);
      const script =
        "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(*z.namelist(), sep='\\n')";
      const listed = spawnSync("python3", ["-c", script, file], { encoding: "utf8" });
      expect(listed.stdout).toContain("archive/_manifest.json");
      expect(listed.stdout).toContain("checksums.json");
    },
  );
});

describe("a capsule that was changed", () => {
  it("is refused whichever entry it is, by that entry's name", async () => {
    using root = temporaryDirectory();
    const file = await madeIn(root);
    const entries = await entriesOf(file);
    expect([...entries.keys()]).toEqual(
      expect.arrayContaining(["capsule.json", "checksums.json", "archive/_manifest.json"]),
    );
    for (const [name, bytes] of entries) {
      for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        const copy = root.file("changed.kubemate-capsule");
        writeFileSync(copy, await zipOf(new Map(entries).set(name, changed), comment(entries)));
        await expect(opened(copy, root, `work ${name.replaceAll("/", "_")} ${at}`)).rejects.toMatchObject({
          code: "capsule.tampered",
          params: { part: name },
        });
      }
    }
  });

  it("is refused when an entry was taken out, put in, or doubled", async () => {
    using root = temporaryDirectory();
    const entries = await entriesOf(await madeIn(root));
    const parquet = [...entries.keys()].find((name) => name.endsWith(".parquet")) ?? "";
    const without = new Map(entries);
    without.delete(parquet);
    const more = new Map(entries).set(parquet.replace("slice-000000", "slice-000009"), Buffer.from("x"));
    const copy = root.file("changed.kubemate-capsule");
    writeFileSync(copy, await zipOf(without, comment(entries)));
    await expect(opened(copy, root, "a")).rejects.toMatchObject({
      code: "capsule.tampered",
      params: { part: parquet },
    });
    writeFileSync(copy, await zipOf(more, comment(entries)));
    await expect(opened(copy, root, "b")).rejects.toMatchObject({ code: "capsule.tampered" });
    const doubled = [...entries, [parquet, Buffer.from("x")] as const];
    writeFileSync(copy, await zipOf(doubled, comment(entries)));
    await expect(opened(copy, root, "c")).rejects.toMatchObject({ code: "capsule.invalid" });
  });

  it("is refused when it was cut off, at whatever length", async () => {
    using root = temporaryDirectory();
    const whole = readFileSync(await madeIn(root));
    const copy = root.file("cut.kubemate-capsule");
    for (const length of [0, 3, 100, Math.floor(whole.length / 2), whole.length - 1]) {
      writeFileSync(copy, whole.subarray(0, length));
      await expect(opened(copy, root, `cut ${length}`)).rejects.toMatchObject({ code: "capsule.invalid" });
    }
  });

  it.each([
    "archive/../../outside.parquet",
    "../outside",
    "/etc/outside",
    "archive/tenant=a/day=2026-11-20/slice-0-0.parquet/../../x",
    "archive\\outside",
  ])("never writes outside its folder: %s", async (name) => {
    using root = temporaryDirectory();
    const entries = await entriesOf(await madeIn(root));
    const list = checksumsSchema.parse(JSON.parse(String(entries.get("checksums.json"))));
    const bytes = Buffer.from("out");
    list.entries[name] = { sha256: sha256Of(bytes), sizeBytes: bytes.length };
    const changed = new Map(entries).set("checksums.json", Buffer.from(JSON.stringify(list))).set(name, bytes);
    const placeholder = "archive/tenant=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz".padEnd(name.length, "z").slice(0, name.length);
    // The zip library refuses to write such a name, so it is put in afterwards.
    const renamed = new Map([...changed].map(([key, value]) => [key === name ? placeholder : key, value]));
    const zip = await zipOf(renamed, comment(changed));
    for (let at = zip.indexOf(placeholder); at >= 0; at = zip.indexOf(placeholder)) zip.write(name, at);
    const copy = root.file("traversal.kubemate-capsule");
    writeFileSync(copy, zip);
    await expect(opened(copy, root)).rejects.toMatchObject({ code: "capsule.invalid" });
    expect(existsSync(root.file("outside"))).toBe(false);
    expect(isCapsuleEntry(name)).toBe(false);
  });

  it("is nothing for other openers to fear: a zip of somebody else is no capsule", async () => {
    using root = temporaryDirectory();
    const zip = root.file("logs.zip");
    writeFileSync(zip, await zipOf(new Map([["a.log", Buffer.from("x")]]), ""));
    expect(await openCapsule([zip], {}, openParts(root.path))).toBeNull();
    writeFileSync(zip, "PK\u0003\u0004 but no zip");
    expect(await openCapsule([zip], {}, openParts(root.path))).toBeNull();
    expect(await openCapsule([root.path], {}, openParts(root.path))).toBeNull();
  });
});

async function madeIn(root: TemporaryDirectory): Promise<string> {
  await using parts = capsuleParts(root.path, () => memoryLogSource({ rows: rowsOf("a", 9) }));
  const file = root.file("made.kubemate-capsule");
  const target = prod;
  const [query] = capsuleInput(file).queries;
  if (query === undefined) throw new Error("no query");
  await createCapsule(capsuleInput(file, { queries: [{ ...query, target }] }), parts, () => {}, always);
  return file;
}

async function entriesOf(file: string): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(readFileSync(file), { autoClose: false });
  const entries = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    entries.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  }
  return entries;
}

/** As the program writes it, over the list that is inside. */
function comment(entries: ReadonlyMap<string, Buffer>): string {
  return capsuleComment(entries.get("checksums.json") ?? Buffer.alloc(0));
}

async function zipOf(entries: Iterable<readonly [string, Buffer]>, zipComment: string): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of entries) zip.addBuffer(bytes, name, { compress: false });
  zip.end({ forceZip64Format: false, comment: zipComment });
  return buffer(Readable.from(zip.outputStream));
}

import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import type { ArchiveProblem } from "../../../src-shared/model/archive.ts";
import { MANIFEST_FILE, type ArchiveManifest } from "../../../src-shared/model/archive-manifest.ts";
import { chooseLabelColumns } from "../../../src-main/core/archive/parquet/label-columns.ts";
import { readManifest, writeManifest } from "../../../src-main/core/archive/parquet/manifest-file.ts";
import { openKubemateArchive } from "../../../src-main/core/archive/parquet/open-kubemate-archive.ts";
import { packArchive } from "../../../src-main/core/archive/parquet/pack-archive.ts";
import { verifyArchive } from "../../../src-main/core/archive/parquet/verify-archive.ts";
import type { PlainRow } from "../../builders/log-batches.ts";
import { expectedRow, openContents, openParts, readBlocks, writeArchive } from "../../builders/parquet-archives.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const MIDNIGHT_NS = 1_763_683_200_000_000_000n;
const signal = new AbortController().signal;

/** Half of them on each side of midnight. */
function rows(app: string, count = 20): PlainRow[] {
  return Array.from({ length: count }, (_, index) => ({
    timestampNs: MIDNIGHT_NS + BigInt(index - count / 2),
    labels: { app },
    line: index === 3 ? Buffer.from([0xff, 0x41]) : `${app} ${index}`,
    ...(index % 2 === 0 ? { metadata: { n: String(index) } } : {}),
  }));
}

async function archive(directory: string): Promise<ArchiveManifest> {
  return writeArchive(directory, { acme: rows("pay"), other: rows("core") });
}

function words(problems: readonly ArchiveProblem[]): string[] {
  return problems.map(({ part, error }) => `${error.code} ${part}: ${String(error.params["problem"])}`);
}

const FIRST = "tenant=acme/day=2025-11-20/slice-000000-0.parquet";
const SECOND = "tenant=acme/day=2025-11-21/slice-000000-1.parquet";

describe("an archive and its manifest", () => {
  it("agree once written, and verification reads every byte", async () => {
    using directory = temporaryDirectory();
    const manifest = await archive(directory.path);
    expect(await readManifest(directory.path)).toEqual(manifest);
    const fractions: number[] = [];
    expect(await verifyArchive(directory.path, { signal, onProgress: (fraction) => fractions.push(fraction) })).toEqual(
      [],
    );
    expect(fractions.at(-1)).toBe(1);
  });

  it.each([
    [
      "a missing file",
      FIRST,
      (path: string) => rmSync(path),
      `archive.manifest-disagrees ${FIRST}: the file is not there`,
    ],
    [
      "a file that grew",
      FIRST,
      (path: string) => appendFileSync(path, "more"),
      `archive.truncated ${FIRST}: undefined`,
    ],
    [
      "a file that another took the place of",
      FIRST,
      (path: string) => copyFileSync(path.replace("acme", "other").replace("slice-000000", "slice-000001"), path),
      `archive.manifest-disagrees ${FIRST}: its SHA-256 is another`,
    ],
    [
      "a changed byte",
      SECOND,
      (path: string) => {
        const bytes = readFileSync(path);
        bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60);
        writeFileSync(path, bytes);
      },
      `archive.manifest-disagrees ${SECOND}: its SHA-256 is another`,
    ],
  ])("disagree over %s, which verification tells", async (_, part, harm, expected) => {
    using directory = temporaryDirectory();
    await archive(directory.path);
    harm(join(directory.path, part));
    expect(words(await verifyArchive(directory.path, { signal }))).toContain(expected);
  });

  it("disagree over a file that is not there: the rest is read, and the archive is incomplete with its evidence", async () => {
    using directory = temporaryDirectory();
    await archive(directory.path);
    rmSync(join(directory.path, FIRST));
    const contents = await openContents(openKubemateArchive, directory.path);
    expect(words(contents.problems)).toEqual([`archive.manifest-disagrees ${FIRST}: the file is not there`]);
    expect(contents.completeness).toEqual({
      verdict: "incomplete",
      reasons: [
        expect.objectContaining({ kind: "lines-missing", promised: 10, read: 0, startNs: String(MIDNIGHT_NS - 10n) }),
      ],
    });
    expect((await readBlocks(contents.blocks)).rows.length).toBe(30);
  });

  it("disagree over a file that was cut: its size says so, and the rest is read", async () => {
    using directory = temporaryDirectory();
    const manifest = await archive(directory.path);
    const size = manifest.files[0]?.sizeBytes ?? 0;
    truncateSync(join(directory.path, FIRST), size - 10);
    const contents = await openContents(openKubemateArchive, directory.path);
    expect(words(contents.problems)).toEqual([
      `archive.manifest-disagrees ${FIRST}: ${size - 10} bytes instead of ${size}`,
      `archive.truncated ${FIRST}: undefined`,
    ]);
    expect((await readBlocks(contents.blocks)).rows.length).toBe(30);
  });

  it("disagree over counts and bounds that the footers contradict", async () => {
    using directory = temporaryDirectory();
    const manifest = await archive(directory.path);
    const [first, ...others] = manifest.files;
    if (first === undefined) throw new Error("no file");
    const lied = { ...first, rows: 11, sizeBytes: first.sizeBytes + 1, startNs: "5" };
    await writeManifest(directory.path, { ...manifest, files: [lied, ...others] });
    const contents = await openContents(openKubemateArchive, directory.path);
    expect(words(contents.problems)).toEqual([
      `archive.manifest-disagrees ${FIRST}: ${first.sizeBytes} bytes instead of ${first.sizeBytes + 1}`,
      `archive.manifest-disagrees ${FIRST}: 10 rows instead of 11`,
      `archive.manifest-disagrees ${FIRST}: times ${first.startNs} to ${first.endNs} instead of 5 to ${first.endNs}`,
    ]);
    expect(contents.completeness.verdict).toBe("incomplete");
    expect((await readBlocks(contents.blocks)).rows.length).toBe(40);
    expect(words(await verifyArchive(directory.path, { signal }))).toContain(
      `archive.manifest-disagrees ${MANIFEST_FILE}: its files have 41 rows, it says 40`,
    );
  });

  it("disagree over files that it does not name, names twice, or names outside of the archive", async () => {
    using directory = temporaryDirectory();
    const manifest = await archive(directory.path);
    const extra = FIRST.replace("000000-0", "000007-0");
    copyFileSync(join(directory.path, FIRST), join(directory.path, extra));
    const [first] = manifest.files;
    if (first === undefined) throw new Error("no file");
    const outside = { ...first, path: "../outside.parquet" };
    await writeManifest(directory.path, { ...manifest, files: [...manifest.files, first, outside] });
    const expected = [
      `archive.manifest-disagrees ${FIRST}: it names this file more than once`,
      "archive.manifest-disagrees ../outside.parquet: its path leads out of the archive",
      `archive.manifest-disagrees ${extra}: it does not name this file`,
    ];
    const contents = await openContents(openKubemateArchive, directory.path);
    expect(words(contents.problems)).toEqual(expected);
    expect(words(await verifyArchive(directory.path, { signal }))).toEqual(expect.arrayContaining(expected));
    // Each row once.
    expect((await readBlocks(contents.blocks)).rows.length).toBe(40);
  });

  it("without its manifest is an export that did not end: incomplete, what is finished is read", async () => {
    using directory = temporaryDirectory();
    await archive(directory.path);
    rmSync(join(directory.path, MANIFEST_FILE));
    writeFileSync(join(directory.path, FIRST, "..", ".tmp-slice-000009-0.parquet"), "half");
    const contents = await openContents(openKubemateArchive, directory.path);
    expect(contents.completeness).toEqual({ verdict: "incomplete", reasons: [{ kind: "stopped" }] });
    expect(words(contents.problems)).toEqual([
      `archive.manifest-disagrees ${MANIFEST_FILE}: it is not there: the export did not end`,
    ]);
    expect(contents.tenants).toEqual(["acme", "other"]);
    expect((await readBlocks(contents.blocks)).rows.length).toBe(40);
    expect(words(await verifyArchive(directory.path, { signal }))).toEqual(words(contents.problems));
  });

  it("with a manifest that cannot be understood says so, and what is there is read", async () => {
    using directory = temporaryDirectory();
    await archive(directory.path);
    writeFileSync(join(directory.path, MANIFEST_FILE), '{"format":"kubemate-archive","version":1,"tenants":7}');
    const contents = await openContents(openKubemateArchive, directory.path);
    expect(words(contents.problems)[0]).toContain(`archive.damaged ${MANIFEST_FILE}: tenants`);
    expect(contents.completeness.verdict).toBe("incomplete");
    expect((await readBlocks(contents.blocks)).rows.length).toBe(40);
  });

  it("is no folder of somebody else", async () => {
    using directory = temporaryDirectory();
    mkdirSync(directory.file("logs"));
    writeFileSync(directory.file(`logs/${MANIFEST_FILE}`), '{"name":"of a web page"}');
    expect(await openKubemateArchive([directory.file("logs")], {}, openParts(directory.path))).toBeNull();
  });

  it("stops verifying when it is told to", async () => {
    using directory = temporaryDirectory();
    await archive(directory.path);
    await expect(verifyArchive(directory.path, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow(
      "enough",
    );
  });
});

describe("an archive packed into one file", () => {
  it("holds every row of every tenant, its provenance, and verifies", async () => {
    using directory = temporaryDirectory();
    const manifest = await archive(directory.file("folder"));
    const file = directory.file("packed.parquet");
    await packArchive(directory.file("folder"), file, signal);
    expect(readdirSync(directory.path).sort()).toEqual(["folder", "packed.parquet"]);
    const contents = await openContents(openKubemateArchive, file);
    expect(contents.provenance).toEqual(manifest.provenance);
    expect({ tenants: contents.tenants, verdict: contents.completeness.verdict }).toEqual({
      tenants: ["acme", "other"],
      verdict: "complete",
    });
    expect((await readBlocks(contents.blocks)).rows).toEqual([
      ...rows("pay").map((row) => expectedRow(row, "acme")),
      ...rows("core").map((row) => expectedRow(row, "other")),
    ]);
    expect(await verifyArchive(file, { signal })).toEqual([]);
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60);
    writeFileSync(file, bytes);
    expect(words(await verifyArchive(file, { signal }))).toEqual([
      "archive.damaged packed.parquet, row group 0: a page with a wrong CRC",
    ]);
  });

  it("is not made of a damaged one, and leaves nothing behind", async () => {
    using directory = temporaryDirectory();
    await archive(directory.file("folder"));
    renameSync(join(directory.file("folder"), SECOND), directory.file("away"));
    const file = directory.file("packed.parquet");
    const failure = await packArchive(directory.file("folder"), file, signal).catch((error: unknown) => error);
    expect(hasCode(failure, "files.unreadable")).toBe(true);
    expect(readdirSync(directory.path).sort()).toEqual(["away", "folder"]);
  });
});

describe("the labels that get columns", () => {
  it("are the most common, at most 24, under names that are not taken in any case of letters", () => {
    const streams = [
      { app: "a", App: "b", line: "c", tenant: "d", label_line: "e", 区域: "f", __proto__x: "g", rare: "h" },
      ...Array.from({ length: 3 }, () => ({ app: "a", line: "c" })),
    ];
    expect(chooseLabelColumns(streams)).toEqual({
      App: "App",
      __proto__x: "__proto__x",
      app: "label_app",
      label_line: "label_line",
      line: "label_label_line",
      rare: "rare",
      tenant: "label_tenant",
    });
    const many = Array.from({ length: 40 }, (_, index) => [`l${index}`, "x"] as const);
    const chosen = chooseLabelColumns([Object.fromEntries(many), Object.fromEntries(many.slice(30))]);
    expect(Object.keys(chosen).length).toBe(24);
    expect(Object.keys(chosen)).toEqual(expect.arrayContaining(many.slice(30).map(([name]) => name)));
  });
});

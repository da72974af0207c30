import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { resolveDestination } from "../../../src-main/core/archive/archive-destination.ts";
import { ANY_PATH, isInside, listedFolders, onlyInside } from "../../../src-main/core/archive/archive-path-rule.ts";
import { LabelCensus } from "../../../src-main/core/archive/default-selector.ts";
import { ImportPosition, RowSkipper } from "../../../src-main/core/archive/import-position.ts";
import { openTemporaryWork } from "../../../src-main/core/archive/temporary-work.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { logBatch } from "../../builders/log-batches.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

describe("the selector to begin with", () => {
  const selectorOf = (...streams: readonly Readonly<Record<string, string>>[]) => {
    const census = new LabelCensus();
    for (const stream of streams) census.add(stream);
    return census.selector();
  };

  it("takes all streams: by the value that all have, else by a label that all have", () => {
    expect(selectorOf({ filename: "a.log", app: "x" }, { filename: "a.log" })).toBe('{filename="a.log"}');
    expect(selectorOf({ app: "x", pod: "1" }, { app: "y", pod: "2" })).toBe('{app=~".+"}');
    expect(selectorOf({ app: "x", zone: "1" }, { zone: "2" })).toBe('{zone=~".+"}');
  });

  it("takes as many as one label can where no label is on all", () => {
    expect(selectorOf({ app: "x" }, { app: "y" }, { job: "z" })).toBe('{app=~".+"}');
    expect(selectorOf({ app: "" }, { job: "z" })).toBe('{job="z"}');
  });

  it("is a query whatever the values are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (value) => {
        expect(parseLogQl(selectorOf({ app: value }))).toMatchObject({ ok: true });
      }),
    );
  });
});

describe("where something new is written", () => {
  it("is a name in the profile, or a whole path, links followed", async () => {
    using root = temporaryDirectory();
    const home = root.file("archives");
    expect(await resolveDestination("november", home, () => false)).toBe(join(home, "november"));
    expect(existsSync(home)).toBe(true);
    mkdirSync(root.file("real"));
    symlinkSync(root.file("real"), root.file("link"));
    expect(await resolveDestination(root.file("link/new/deep/"), home, ANY_PATH)).toBe(root.file("real/new/deep"));
    expect(await resolveDestination("~/kubemate-test-none", home, ANY_PATH)).toBe(
      join(homedir(), "kubemate-test-none"),
    );
  });

  it("is refused where the rule refuses, also behind a link and for names that are not there yet", async () => {
    using root = temporaryDirectory();
    for (const folder of ["open", "closed"]) mkdirSync(root.file(folder));
    symlinkSync(root.file("closed"), root.file("open/way-out"));
    const rule = onlyInside(() => [root.file("open")]);
    expect(await resolveDestination(root.file("open/new"), root.path, rule)).toBe(root.file("open/new"));
    for (const path of ["open/way-out/new", "open/../closed/new", "open-not/new"]) {
      await expect(resolveDestination(`${root.path}/${path}`, root.path, rule)).rejects.toSatisfy((error) =>
        hasCode(error, "archive.path-refused"),
      );
    }
  });
});

describe("paths", () => {
  it("lie in a folder by whole names", () => {
    expect(isInside("/a/b", "/a/b")).toBe(true);
    expect(isInside("/a/b", "/a/b/c")).toBe(true);
    expect(isInside("/a/b", "/a/b/..c")).toBe(true);
    expect(isInside("/a/b", "/a/bc")).toBe(false);
    expect(isInside("/a/b", "/a")).toBe(false);
  });

  it("are listed in a setting, absolute ones alone", () => {
    expect(listedFolders("/var/log:/srv/logs: relative :", ":")).toEqual(["/var/log", "/srv/logs"]);
    expect(listedFolders("", ":")).toEqual([]);
  });
});

describe("a temporary work folder", () => {
  it("goes when it is let go of, and takes along what dead processes left", async () => {
    using root = temporaryDirectory();
    const work = await openTemporaryWork(root.path);
    const ended = spawnSync(process.execPath, ["-e", ""]);
    const dead = basename(work.path).replace(`-${process.pid}-`, `-${ended.pid}-`);
    const elsewhere = basename(work.path).replace(/archive-[0-9a-f]{12}/, "archive-000000000000");
    for (const name of [dead, elsewhere, "kubemate-archive-mine"]) mkdirSync(root.file(name));
    await using second = await openTemporaryWork(root.path);
    expect(existsSync(root.file(dead))).toBe(false);
    for (const path of [work.path, second.path, root.file(elsewhere), root.file("kubemate-archive-mine")]) {
      expect(existsSync(path)).toBe(true);
    }
    await work[Symbol.asyncDispose]();
    expect(existsSync(work.path)).toBe(false);
  });
});

describe("the place an import has come to", () => {
  it("leads to the next row, however rows and batches fall", () => {
    const row = fc.nat(5).map((time) => ({ timestampNs: BigInt(time), labels: {}, line: "" }));
    fc.assert(
      fc.property(
        fc.array(row),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(40),
        (unsorted, firstSize, secondSize, taken) => {
          const rows = unsorted
            .toSorted((a, b) => Number(a.timestampNs - b.timestampNs))
            .map((one, index) => ({ ...one, line: `${index} ${"x".repeat(index % 4)}` }));
          const position = new ImportPosition();
          let from = 0;
          for (; from < rows.length && from < taken; from += firstSize)
            position.take(logBatch(rows.slice(from, from + firstSize)));
          const done = Math.min(from, rows.length);
          expect(position.rows).toBe(done);
          const { lastNs } = position;
          const again = rows.filter(({ timestampNs }) => lastNs === null || timestampNs >= lastNs);
          const skipper = new RowSkipper(lastNs ?? 0n, position.takenAtLast);
          const rest: string[] = [];
          for (let at = 0; at < again.length; at += secondSize) {
            const batch = skipper.rest(logBatch(again.slice(at, at + secondSize)));
            if (batch === null) continue;
            const text = Buffer.from(batch.lineBytes);
            for (let one = 0; one < batch.rowCount; one++) {
              rest.push(text.subarray(batch.lineOffsets[one], batch.lineOffsets[one + 1]).toString());
            }
          }
          expect(rest).toEqual(rows.slice(done).map(({ line }) => line));
        },
      ),
    );
  });
});

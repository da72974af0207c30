import { Writable } from "node:stream";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createCliText } from "../../../src-main/cli/cli-text.ts";
import type { CommandContext } from "../../../src-main/cli/command-context.ts";
import { parsePlace, parseRedaction } from "../../../src-main/cli/export-options.ts";
import { progressLine } from "../../../src-main/cli/export-printing.ts";
import { ManualClock } from "../../builders/manual-clock.ts";

describe("the place of an archive on the command line", () => {
  it("is a folder, made absolute", () => {
    expect(parsePlace("incident")).toEqual({ kind: "folder", directory: resolve("incident") });
  });

  it("is a prefix in a store, with what the store needs to be found", () => {
    expect(parsePlace("s3://logs/2026/of%20may?endpoint=https://minio.example:9000&region=eu&ca-file=/ca.pem")).toEqual(
      {
        kind: "s3",
        place: {
          bucket: "logs",
          prefix: "2026/of may",
          endpoint: "https://minio.example:9000",
          region: "eu",
          caFile: "/ca.pem",
        },
      },
    );
    expect(parsePlace("s3://logs")).toEqual({ kind: "s3", place: { bucket: "logs", prefix: "" } });
  });

  it.each(["s3://", "s3://lo/x", "s3://logs/x?secret=1", "s3://logs/x?endpoint=nonsense", "s3://logs/%zz"])(
    "refuses %s",
    (text) => {
      expect(() => parsePlace(text)).toThrowError(/request\.invalid/);
    },
  );
});

describe("the patterns of --redact", () => {
  it("are taken in any order, once, and none is none", () => {
    expect(parseRedaction("phone, email,phone")).toEqual(["phone", "email"]);
    expect(parseRedaction(undefined)).toEqual([]);
    expect(() => parseRedaction("phone,iban")).toThrowError(/iban/);
  });
});

describe("the line of progress", () => {
  async function linesFor(isTTY: boolean): Promise<string> {
    let written = "";
    const stderr = Object.assign(
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          written += chunk.toString();
          done();
        },
      }),
      { isTTY },
    );
    // Of the context, the line of progress needs the terminal's standard error and the texts.
    const context = { terminal: { stderr }, text: await createCliText("en") } as unknown as CommandContext;
    const clock = new ManualClock();
    const { report, clear } = progressLine(context, clock);
    report({ phase: "read", fraction: 0.1, done: 1_000, total: 10_000, unit: "rows", bytes: 1_048_576 });
    await clock.advance(1_000);
    report({ phase: "read", fraction: 0.5, done: 5_000, total: 10_000, unit: "rows", bytes: 5_242_880 });
    clear();
    return written;
  }

  it("tells share, lines, bytes, rate and time left on a terminal, over and over in one line", async () => {
    const written = await linesFor(true);
    expect(written).toContain("reading 50 % · 5000 lines · 5 MiB · 4000 lines/s · 0:02 left");
    expect(written).not.toContain("\n");
    expect(written.endsWith("\r\u001B[K")).toBe(true);
  });

  it("is not there where standard error is a file", async () => {
    expect(await linesFor(false)).toBe("");
  });
});

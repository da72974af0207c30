import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { CommandLine } from "../../builders/command-line.ts";

const command = new CommandLine();
afterAll(() => command[Symbol.dispose]());

const START_NS = 1_795_168_800_000_000_000n;
const entries = Array.from({ length: 40 }, (_, index) => ({
  tenant: index % 4 === 0 ? "other" : "bank",
  labels: { app: index % 2 === 0 ? "pay" : "core" },
  ts: String(START_NS + BigInt(index) * 1_000_000_000n),
  line: `status=${index % 5 === 0 ? 500 : 200} n=${index}`,
}));
const file = command.profile.file("logs.ndjson");
writeFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));

const answerSchema = z.object({ id: z.string(), status: z.number(), body: z.unknown() });
const lines = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));

describe("kubemate query over a place on disk", () => {
  it("reads the whole archive where no range is said, newest first", async () => {
    const { exitCode, stdout } = await command.run(
      "query",
      "--source",
      file,
      "--tenant",
      "bank",
      "--output",
      "ndjson",
      '{app=~".+"} | logfmt | status="500"',
    );
    expect(exitCode).toBe(0);
    expect(lines(stdout).map((entry) => z.object({ line: z.string() }).parse(entry).line)).toEqual(
      entries
        .filter(({ tenant, line }) => tenant === "bank" && line.includes("500"))
        .map(({ line }) => line)
        .toReversed(),
    );
  });

  it("answers in Loki's own shape, metric queries at an instant too", async () => {
    const { stdout } = await command.run(
      "query",
      "--source",
      file,
      "--tenant",
      "bank",
      "--output",
      "loki-json",
      "--at",
      String(START_NS + 60_000_000_000n),
      'sum by (app) (count_over_time({app=~".+"}[5m]))',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      status: "success",
      data: { resultType: "vector", result: [{ metric: { app: "core" } }, { metric: { app: "pay" } }] },
    });
  });

  it("answers a file of queries, one object a line, with Loki's status and texts", async () => {
    const batch = command.profile.file("queries.json");
    const range = { kind: "range", tenant: "bank", start: String(START_NS), end: String(START_NS + 100_000_000_000n) };
    const queries = [
      { ...range, id: "a", query: '{app="pay"}', limit: "2", direction: "forward" },
      { ...range, id: "b", query: '{app="pay"' },
      { id: "c", kind: "instant", tenant: "other", query: 'count_over_time({app="pay"}[1h])', time: range.end },
    ];
    writeFileSync(batch, JSON.stringify(queries));
    const { exitCode, stdout } = await command.run("query", "--source", file, "--batch", batch, "--output", "ndjson");
    expect(exitCode).toBe(0);
    const [a, b, c] = lines(stdout).map((entry) => answerSchema.parse(entry));
    expect(a).toMatchObject({ id: "a", status: 200, body: { resultType: "streams" } });
    expect(b).toMatchObject({ id: "b", status: 400 });
    expect(b?.body).toBe("parse error at line 1, col 11: syntax error: unexpected $end, expecting } or ,");
    expect(c).toMatchObject({ id: "c", status: 200, body: { result: [{ value: [expect.any(Number), "10"] }] } });
  });

  it("says which option answers what a file does not say, and does not guess", async () => {
    const log = command.profile.file("old.log.gz");
    writeFileSync(log, gzipSync(readFileSync("test/fixtures/loghub/Linux_2k.log")));
    const { exitCode, stderr } = await command.run("query", "--source", log, '{filename=~".+"}');
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--assume-zone");
    expect(stderr).toContain("--assume-year");
    const answered = await command.run(
      "query",
      "--source",
      log,
      "--assume-zone",
      "UTC",
      "--assume-year",
      "2005",
      "--limit",
      "1",
      "--direction",
      "forward",
      "--output",
      "ndjson",
      '{filename=~".+"}',
    );
    expect(lines(answered.stdout)).toMatchObject([{ ts: "1118762161000000000" }]);
  });

  it("keeps bytes that are no UTF-8 through its own output and back", async () => {
    const log = command.profile.file("bytes.log");
    const bytes = Buffer.concat([
      Buffer.from("2026-11-20T10:00:00Z a="),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(" end"),
    ]);
    writeFileSync(log, bytes);
    const first = await command.run("query", "--source", log, "--output", "ndjson", '{filename=~".+"}');
    expect(lines(first.stdout)).toMatchObject([{ lineBase64: bytes.toString("base64") }]);
    const copy = command.profile.file("bytes.ndjson");
    writeFileSync(copy, first.stdout);
    const again = await command.run("query", "--source", copy, "--output", "ndjson", '{filename=~".+"} |= "end"');
    expect(again.stdout).toBe(first.stdout);
  });

  it("says in words why something is missing", async () => {
    const packed = gzipSync(Buffer.from("2026-11-20T10:00:00Z one line\n".repeat(2_000)));
    const log = command.profile.file("cut.log.gz");
    writeFileSync(log, packed.subarray(0, packed.length - 9));
    const { stderr } = await command.run("query", "--source", log, "--output", "ndjson", '{filename=~".+"} |= "none"');
    expect(stderr).toContain("It ends too early; what is before was read.");
  });

  it.each([
    [["--tenant", "nobody"], 4, "nobody"],
    [[], 2, "tenant"],
  ])(
    "refuses a tenant that is not there, and asks for one where there are several: %j",
    async (options, code, word) => {
      const { exitCode, stderr } = await command.run("query", "--source", file, ...options, '{app="pay"}');
      expect(exitCode).toBe(code);
      expect(stderr.toLowerCase()).toContain(word);
    },
  );
});

import { createReadStream, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTextBlock } from "../../../../src-main/core/archive/text/decode-text-block.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../../builders/temporary-directory.ts";
import { entriesOf, indexedBlocks, openedText, writeLines } from "../../../builders/text-archives.ts";

const NS = 1_795_168_800_123_456_789n;
const STAMP = "2026-11-20T10:00:00.123456789Z";

async function entries(work: TemporaryDirectory, lines: readonly string[], name = "app.log") {
  const contents = await openedText([writeLines(work.file(name), lines)], work.path);
  return { contents, entries: entriesOf(contents.blocks) };
}

describe("entries of a Loki", () => {
  it("what kubemate query prints is read with labels, metadata, parsed labels and exact times", async () => {
    using work = temporaryDirectory();
    const found = await entries(work, [
      String.raw`{"ts":"${NS}","labels":{"app":"a","n":"007"},"metadata":{"trace":"x"},"parsed":{"level":"info"},"line":"x\t\"y\" \u00e9\ud83d\ude00"}`,
      String.raw`{"ts":"${NS + 1n}","labels":{"n":"007","app":"a"},"metadata":{},"line":""}`,
    ]);
    expect(found.contents.formats).toEqual(["kubemate-ndjson"]);
    expect(found.contents.dropsDuplicates).toBe(true);
    expect(found.entries).toEqual([
      {
        ns: NS,
        line: 'x\t"y" é😀',
        labels: { app: "a", n: "007" },
        metadata: { trace: "x" },
        parsed: { level: "info" },
      },
      { ns: NS + 1n, line: "", labels: { app: "a", n: "007" } },
    ]);
    expect(found.contents.blocks[0]?.streams).toEqual([{ app: "a", n: "007" }]);
  });

  it("a corpus with tenants is what JSON says it is, entry by entry", async () => {
    using work = temporaryDirectory();
    const folder = "test/fixtures/logql/dataset";
    const contents = await openedText([folder], work.path);
    expect(contents.tenants).toEqual(["bank-a", "bank-b"]);
    expect(contents.problems).toEqual([]);
    const read = contents.blocks.flatMap((block) =>
      entriesOf([block]).map((entry) => ({ tenant: block.tenant, metadata: {}, ...entry })),
    );
    const expected = [];
    for (const name of readdirSync(folder).sort()) {
      for await (const line of createInterface(createReadStream(`${folder}/${name}`))) {
        const { tenant, labels, ts, line: text, metadata = {} } = JSON.parse(line);
        expected.push({ tenant, metadata, ns: BigInt(ts), line: text.toWellFormed(), labels });
      }
    }
    expect(expected.length).toBeGreaterThan(20_000);
    expect(read).toEqual(expected);
  });

  it("a file of several tenants becomes blocks of one tenant each; nameless lines go to the one that was said", async () => {
    using work = temporaryDirectory();
    const line = (ns: bigint, tenant: string) => `{"ts":"${ns}","labels":{"a":"b"},"line":"${ns}"${tenant}}`;
    const file = writeLines(work.file("a.ndjson"), [
      line(NS, ',"tenant":"t1"'),
      line(NS + 1n, ',"tenant":"t2"'),
      line(NS + 2n, ""),
    ]);
    const contents = await openedText([file], work.path, { tenant: "t2" as never });
    expect(contents.blocks.map(({ tenant, rows, minNs, maxNs }) => ({ tenant, rows, minNs, maxNs }))).toEqual([
      { tenant: "t1", rows: 1, minNs: NS, maxNs: NS },
      { tenant: "t2", rows: 2, minNs: NS + 1n, maxNs: NS + 2n },
    ]);
    expect(contents.blocks.map((block) => entriesOf([block]).map(({ line: text }) => text))).toEqual([
      [String(NS)],
      [String(NS + 1n), String(NS + 2n)],
    ]);
  });

  it("a line that is no entry is kept as it is, at the time of the one before, and told", async () => {
    using work = temporaryDirectory();
    const good = `{"ts":"${NS}","labels":{"a":"b"},"line":"x"}`;
    const found = await entries(work, [`\ufeff${good}`, '{"ts":"1","labels":{"a":', good, good], "in.ndjson");
    expect(found.entries[1]).toEqual({ ns: NS, line: '{"ts":"1","labels":{"a":', labels: { filename: "in.ndjson" } });
    expect(found.contents.problems.map(({ error }) => [error.code, error.params])).toEqual([
      ["archive.lines-unreadable", { part: "in.ndjson", lines: 1, example: '{"ts":"1","labels":{"a":' }],
    ]);
    expect(found.contents.completeness.verdict).toBe("complete");
  });

  it("labels that were said are added to streams that do not have them", async () => {
    using work = temporaryDirectory();
    const file = writeLines(work.file("a.ndjson"), [`{"ts":"${NS}","labels":{"app":"own"},"line":"x"}`]);
    const contents = await openedText([file], work.path, { labels: { app: "said", env: "dr" } });
    expect(entriesOf(contents.blocks).map(({ labels }) => labels)).toEqual([{ app: "own", env: "dr" }]);
  });

  it("logcli's jsonl is read", async () => {
    using work = temporaryDirectory();
    const found = await entries(work, [
      `{"labels":{"app":"a"},"line":"x","timestamp":"${STAMP}"}`,
      `{"labels":{"app":"a"},"line":"y","timestamp":"2026-11-20T18:00:00.12345679+08:00"}`,
    ]);
    expect(found.contents.formats).toEqual(["logcli-jsonl"]);
    expect(found.entries.map(({ ns, line }) => [ns, line])).toEqual([
      [NS, "x"],
      [NS + 1n, "y"],
    ]);
  });
});

describe("any JSON", () => {
  const text = fc.string({ unit: "binary", maxLength: 30 });
  const labels = fc.dictionary(text, text, { maxKeys: 4 });

  it("entries come back as JSON has them, whatever is in them", async () => {
    using work = temporaryDirectory();
    const file = work.file("a.ndjson");
    const entry = fc.record({
      ns: fc.bigInt({ min: -(10n ** 18n), max: 9n * 10n ** 18n }),
      line: text,
      labels,
      metadata: labels,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 8 }), async (written) => {
        const json = written.map(({ ns, ...rest }) => JSON.stringify({ ts: String(ns), ...rest }));
        writeLines(file, json);
        const read = entriesOf(await indexedBlocks(file, { format: "kubemate-ndjson" }, 64));
        const wellFormed = (set: Readonly<Record<string, string>>) => JSON.parse(JSON.stringify(set).toWellFormed());
        expect(read.map(({ metadata = {}, ...rest }) => ({ ...rest, metadata }))).toEqual(
          written.map(({ ns, line, labels: own, metadata }) => ({
            ns,
            line: line.toWellFormed(),
            labels: wellFormed(own),
            metadata: wellFormed(metadata),
          })),
        );
      }),
      { numRuns: 200 },
    );
  });

  it.each(["kubemate-ndjson", "docker-json", "cri", "text", "kubectl-timestamps"] as const)(
    "bytes of any kind read as %s are rows inside the block, as many as the index says",
    async (format) => {
      using work = temporaryDirectory();
      const file = work.file("a.log");
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
          writeFileSync(file, bytes);
          const [block] = await indexedBlocks(file, { format, timelessFromNs: 0n }, 2 ** 20);
          if (block === undefined) throw new Error("no block");
          const rows = decodeTextBlock(block.place);
          for (let row = 0; row < rows.rowCount; row++) {
            expect(rows.lineStarts[row]).toBeLessThanOrEqual(rows.lineEnds[row] ?? 0);
            expect(rows.lineEnds[row]).toBeLessThanOrEqual(rows.bytes.length);
          }
          expect(block.index.rows).toBe(rows.rowCount);
        }),
        { numRuns: 200 },
      );
    },
  );
});

describe("push bodies", () => {
  const body = {
    streams: [
      {
        stream: { app: "a", weird: 'q"\n' },
        values: [
          [String(NS), "one\nline"],
          [String(NS + 1n), "two", { trace: "x" }],
        ],
      },
      { stream: { app: "b" }, values: [[String(NS + 2n), "three"]] },
    ],
  };
  const expected = [
    { ns: NS, line: "one\nline", labels: { app: "a", weird: 'q"\n' } },
    { ns: NS + 1n, line: "two", labels: { app: "a", weird: 'q"\n' }, metadata: { trace: "x" } },
    { ns: NS + 2n, line: "three", labels: { app: "b" } },
  ];

  it.each([
    ["over many lines", `${JSON.stringify(body, null, 2)}\n`, 1],
    ["with a byte order mark", `\ufeff${JSON.stringify(body)}`, 1],
    ["with carriage returns", JSON.stringify(body, null, 2).replaceAll("\n", "\r\n"), 1],
    ["several, one a line", `${JSON.stringify(body)}\n${JSON.stringify(body)}\n`, 2],
    ["several with nothing in between", JSON.stringify(body).repeat(3), 3],
    [
      "with values before their stream",
      `{"streams":[${body.streams.map(({ stream, values }) => JSON.stringify({ values, stream })).join()}]}`,
      1,
    ],
    [
      "as the answer to a query",
      JSON.stringify({
        status: "success",
        data: { resultType: "streams", result: body.streams, stats: { summary: { x: 1 } } },
      }),
      1,
    ],
  ])("%s are read", async (_how, text, times) => {
    using work = temporaryDirectory();
    writeFileSync(work.file("push.json"), text);
    const contents = await openedText([work.file("push.json")], work.path);
    expect(contents.formats).toEqual(["loki-push"]);
    expect(contents.dropsDuplicates).toBe(true);
    expect(contents.problems).toEqual([]);
    expect(entriesOf(contents.blocks)).toEqual(Array.from({ length: times }, () => expected).flat());
  });

  it("a body that ends too early gives what is before its end, and says so", async () => {
    using work = temporaryDirectory();
    const text = JSON.stringify(body);
    writeFileSync(work.file("push.json"), text.slice(0, text.indexOf("three")));
    const contents = await openedText([work.file("push.json")], work.path);
    expect(entriesOf(contents.blocks)).toEqual(expected.slice(0, 2));
    expect(contents.problems.map(({ error }) => error.code)).toEqual(["archive.truncated"]);
    expect(contents.completeness.verdict).toBe("incomplete");
  });

  it("what is broken between bodies is passed over and told", async () => {
    using work = temporaryDirectory();
    writeFileSync(work.file("push.json"), `${JSON.stringify(body)}\n{"streams":[}\n${JSON.stringify(body)}\n`);
    const contents = await openedText([work.file("push.json")], work.path);
    expect(entriesOf(contents.blocks)).toEqual([...expected, ...expected]);
    expect(contents.problems.map(({ error }) => error.code)).toEqual(["archive.damaged"]);
  });
});

describe("container logs", () => {
  it("CRI: parts are joined in their stream, the stream is a label", async () => {
    using work = temporaryDirectory();
    const found = await entries(
      work,
      [
        `${STAMP} stdout P one, `,
        `2026-11-20T10:00:01.5+08:00 stderr F error`,
        `${STAMP} stdout P two, `,
        `${STAMP} stdout F three`,
        `${STAMP} stdout F`,
      ],
      "0.log",
    );
    expect(found.contents.formats).toEqual(["cri"]);
    expect(found.contents.dropsDuplicates).toBe(false);
    expect(found.entries).toEqual([
      { ns: NS, line: "one, two, three", labels: { filename: "0.log", stream: "stdout" } },
      { ns: 1_795_140_001_500_000_000n, line: "error", labels: { filename: "0.log", stream: "stderr" } },
      { ns: NS, line: "", labels: { filename: "0.log", stream: "stdout" } },
    ]);
  });

  it.each([
    "payments_pay-7d9f_0b1c2d3e-1111-2222-3333-444455556666/app/0.log",
    `pay-7d9f_payments_app-${"0a".repeat(32)}.log`,
  ])("namespace, pod and container are read from where a node keeps a log: %s", async (path) => {
    using work = temporaryDirectory();
    mkdirSync(dirname(work.file(`logs/${path}`)), { recursive: true });
    writeLines(work.file(`logs/${path}`), [`${STAMP} stdout F x`]);
    const contents = await openedText([work.file("logs")], work.path);
    expect(entriesOf(contents.blocks)[0]?.labels).toMatchObject({
      namespace: "payments",
      pod: "pay-7d9f",
      container: "app",
    });
  });

  it("Docker: text without a newline is joined with the next of its stream, attributes are metadata", async () => {
    using work = temporaryDirectory();
    const found = await entries(
      work,
      [
        String.raw`{"log":"one \"é\u4f60\", ","stream":"stdout","attrs":{"tag":"x"},"time":"${STAMP}"}`,
        String.raw`{"log":"error\n","stream":"stderr","time":"${STAMP}"}`,
        String.raw`{"log":"two\n","stream":"stdout","time":"${STAMP}"}`,
      ],
      "c-json.log",
    );
    expect(found.contents.formats).toEqual(["docker-json"]);
    expect(found.entries).toEqual([
      {
        ns: NS,
        line: 'one "é你", two',
        labels: { filename: "c-json.log", stream: "stdout" },
        metadata: { tag: "x" },
      },
      { ns: NS, line: "error", labels: { filename: "c-json.log", stream: "stderr" } },
    ]);
  });

  it("kubectl logs --timestamps --prefix: the time is no part of the line, pod and container are labels", async () => {
    using work = temporaryDirectory();
    const found = await entries(work, [
      `[pod/pay-1/app] ${STAMP} started`,
      `[pod/pay-2/app] 2026-11-20T10:00:00.12345679Z \tat x.Y`,
    ]);
    expect(found.contents.formats).toEqual(["kubectl-timestamps"]);
    expect(found.entries).toEqual([
      { ns: NS, line: "started", labels: { filename: "app.log", pod: "pay-1", container: "app" } },
      { ns: NS + 1n, line: "\tat x.Y", labels: { filename: "app.log", pod: "pay-2", container: "app" } },
    ]);
  });

  it("kubectl logs --prefix: the text's own times are read", async () => {
    using work = temporaryDirectory();
    const found = await entries(work, [
      "[pod/pay-1/app] 2026-11-20T10:00:00Z started",
      "[pod/pay-1/app] 2026-11-20T10:00:01Z going on",
      "[pod/pay-1/app] no time",
    ]);
    expect(found.contents.formats).toEqual(["kubectl: iso"]);
    expect(found.entries.map(({ ns, line }) => [ns / 1_000_000_000n, line])).toEqual([
      [1_795_168_800n, "2026-11-20T10:00:00Z started"],
      [1_795_168_801n, "2026-11-20T10:00:01Z going on"],
      [1_795_168_801n, "no time"],
    ]);
  });

  it("kubectl logs --timestamps: kubelets write nine digits, zeros too", async () => {
    using work = temporaryDirectory();
    const found = await entries(work, [
      "2026-11-20T10:00:00.120000000Z a",
      "2026-11-20T10:00:00.123456789Z ",
      `${STAMP} b`,
    ]);
    expect(found.contents.formats).toEqual(["kubectl-timestamps"]);
    expect(found.entries.map(({ ns, line }) => [ns, line])).toEqual([
      [NS - 3_456_789n, "a"],
      [NS, ""],
      [NS, "b"],
    ]);
  });

  it.each([
    ["with fewer digits", ["2026-11-20T10:00:00.123456Z a", "2026-11-20T10:00:01.123456Z b"]],
    ["with lines that have no time", [`${STAMP} a`, "\tat x.Y", `${STAMP} b`]],
  ])("text %s is text and keeps its times", async (_how, lines) => {
    using work = temporaryDirectory();
    const found = await entries(work, lines);
    expect(found.contents.formats).toEqual(["text: iso"]);
    expect(found.entries.map(({ line }) => line).join("\n")).toBe(lines.join("\n"));
  });
});

it("a format that was said is not looked for", async () => {
  using work = temporaryDirectory();
  const file = writeLines(work.file("a.log"), [`${STAMP} stdout F x`, `${STAMP} stdout F y`]);
  const contents = await openedText([file], work.path, { format: "text" });
  expect(contents.formats).toEqual(["text: iso"]);
  expect(entriesOf(contents.blocks).map(({ line }) => line)).toEqual(readFileSync(file, "utf8").trimEnd().split("\n"));
});

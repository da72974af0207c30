import { describe, expect, it } from "vitest";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { compileLogPipeline } from "../../../src-shared/logql/log-pipeline.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";

const STREAM = { app: "x", env: "prod" };

interface Passed {
  readonly line: string;
  readonly labels: LabelSet;
}

/** What a pipeline behind `{app="x"}` makes of a line; `null` when it drops it. `labels` are those that are not the stream's. */
function through(
  stages: string,
  line: string,
  metadata?: LabelSet,
  compat: "documented" | "loki" = "documented",
): Passed | null {
  const result = parseLogQl(`{app="x"} ${stages}`);
  if (!result.ok || result.expr.kind !== "log") throw new Error(stages);
  const run = compileLogPipeline(result.expr, { compat }).forStream(STREAM);
  if (!run.process(1_795_168_800_000_000_000n, line, metadata)) return null;
  const { labels } = run.result();
  const own = Object.entries(labels).filter(([name, value]) => STREAM[name as keyof typeof STREAM] !== value);
  return { line: run.line, labels: Object.fromEntries(own) };
}

function passes(stages: string, line: string, compat: "documented" | "loki" = "documented"): boolean {
  return through(stages, line, undefined, compat) !== null;
}

describe("line filters", () => {
  it.each([
    ['|= "b"', "abc", true],
    ['|= "a" or "z"', "xyz", true],
    ['!= "a" or "z"', "xyz", false],
    ['|= ""', "abc", true],
    ['!= ""', "abc", false],
    ['|~ "^a.c$"', "abc", true],
    ['|~ "a.c"', "a\nc", false],
    ['|~ "(?i)STRASSE"', "Hauptstrasse", true],
    ['!~ "b+"', "abc", false],
    ['|> "<_> took <_> ms"', "GET took 5 ms", true],
    ['|> "<_> took <_> ms"', "GET took 5 ms.", false],
    ['|> "took <_>"', "it took 5", true],
    ['!> "<_> took <_> ms"', "nothing", true],
    ['|= ip("10.0.0.0/8")', "from 10.2.3.4:80 ok", true],
    ['|= ip("10.0.0.0/8")', "from 11.2.3.4 ok", false],
    ['|= ip("10.0.0.1-10.0.0.9")', "x 10.0.0.5 y", true],
    ['|= ip("2001:db8::/32")', "peer [2001:db8::7]:443", true],
    ['!= ip("10.0.0.1")', "10.0.0.1 here", false],
  ])("%s on %j: %s", (stages, line, expected) => {
    expect(passes(stages, line)).toBe(expected);
  });

  it("have Loki's bugs only in compat mode", () => {
    expect([passes('|~ "foo.*(bar|qux)"', "foo bar"), passes('|~ "foo.*(bar|qux)"', "foo bar", "loki")]).toEqual([
      true,
      false,
    ]);
    expect([passes('|~ "error|"', "ok"), passes('|~ "error|"', "ok", "loki")]).toEqual([true, false]);
    expect([
      passes('|= "x" or ip("10.0.0.1")', "10.0.0.1"),
      passes('|= "x" or ip("10.0.0.0/8")', "10.0.0.1", "loki"),
    ]).toEqual([true, false]);
    const coloured = "\u001b[31mERROR\u001b[0m 1";
    expect([
      passes('| decolorize |= "ERROR 1"', coloured),
      passes('| decolorize |= "ERROR 1"', coloured, "loki"),
    ]).toEqual([true, false]);
  });
});

describe("parsers", () => {
  it.each([
    [
      "| json",
      '{"a":1,"b":{"c":"x","d":[1]},"e":null,"1f":true,"a.b":"y"}',
      { a: "1", b_c: "x", _1f: "true", a_b: "y" },
    ],
    ["| json", '{"app":"other","a":1}', { app_extracted: "other", a: "1" }],
    ["| json", '{"a":1,"a":2}', { a: "1" }],
    ["| json", '{"s":"\\u00e9\\n\\ud83d\\ude00"}', { s: "é\n😀" }],
    ["| json", '{"__proto__":"x"}', { ["__proto__"]: "x" }],
    [
      "| json",
      "plain",
      { __error__: "JSONParserErr", __error_details__: "Value looks like object, but can't find closing '}' symbol" },
    ],
    ['| json x="b.c[1]", y="z", w="b"', '{"b":{"c":[1,{"q":2}]}}', { x: '{"q":2}', y: "", w: '{"c":[1,{"q":2}]}' }],
    ["| logfmt", 'a=1 b="x \\"y\\"" c d= "e=f" g=h', { a: "1", b: 'x "y"', g: "h" }],
    ["| logfmt --keep-empty", "a= b", { a: "", b: "" }],
    [
      "| logfmt --strict",
      "a=1 b=x=y c=2",
      { a: "1", __error__: "LogfmtParserErr", __error_details__: "logfmt syntax error at pos 8 : unexpected '='" },
    ],
    ['| logfmt x="a", y', "a=1 b=2", { x: "1", y: "" }],
    [
      '| pattern "<ip> - <_> [<ts>] <rest>"',
      "1.2.3.4 - bob [today] GET /",
      { ip: "1.2.3.4", ts: "today", rest: "GET /" },
    ],
    ['| regexp "(?P<method>\\\\w+) (?P<path>\\\\S+)"', "GET /x y", { method: "GET", path: "/x" }],
    ["| unpack", '{"pod":"p","n":1,"_entry":"the line"}', { pod: "p" }],
    ["| logfmt | logfmt", "a=1 a=2", { a: "1" }],
  ])("%s reads %j", (stages, line, labels) => {
    expect(through(stages, line)?.labels).toEqual(labels);
  });

  it("give `unpack`'s entry as the line", () => {
    expect(through("| unpack", '{"pod":"p","_entry":"the line"}')?.line).toBe("the line");
  });

  it("keep metadata apart from what they find", () => {
    expect(through("| logfmt", "trace=1 user=b", { trace: "m", "k8s.pod": "p", app: "meta" })?.labels).toEqual({
      trace: "m",
      trace_extracted: "1",
      user: "b",
      k8s_pod: "p",
      app_extracted: "meta",
    });
  });
});

describe("label filters", () => {
  const line = 'level=error dur=250ms size=12KB n=7.5 ip=10.0.0.7 word="ok"';
  it.each([
    ['level="error"', true],
    ['level!="error"', false],
    ['level=~"err.*"', true],
    ['level=~"rr"', false],
    ['nope=""', true],
    ["nope>0", false],
    ["n>7", true],
    ["n>=7.5 and n<=7.5", true],
    ["dur>200ms", true],
    ["dur>1s", false],
    ["size<1MB", true],
    ["size>=12KB", true],
    ['ip=ip("10.0.0.0/24")', true],
    ['ip!=ip("10.0.0.0/24")', false],
    ['level="x" or n>1', true],
    ['level="x" or n>1, dur>1s', false],
    ['(level="x" or n>1) and dur<1s', true],
    ["word>1", true],
  ])("| %s: %s", (filter, expected) => {
    expect(passes(`| logfmt | ${filter}`, line)).toBe(expected);
  });

  it("mark a line whose value cannot be read", () => {
    expect(through("| logfmt | word>1", "word=ok")?.labels).toMatchObject({
      __error__: "LabelFilterErr",
      __error_details__: 'strconv.ParseFloat: parsing "ok": invalid syntax',
    });
  });

  it("see a renamed label as it is then, and as it was in compat mode", () => {
    const stages = '| json | label_format level="{{.level | ToUpper}}" | level="ERROR"';
    const json = '{"level":"error"}';
    expect([passes(stages, json), passes(stages, json, "loki")]).toEqual([true, false]);
  });
});

describe("formats, drop and keep", () => {
  it.each([
    ["| logfmt | label_format b=a", "a=1", { b: "1" }],
    ['| logfmt | label_format a="{{.b}}", b="{{.a}}"', "a=1 b=2", { a: "2", b: "1" }],
    ['| logfmt | drop a, b="2", c="9"', "a=1 b=2 c=3", { c: "3" }],
    ['| logfmt | keep a, b=~"[3-9]"', "a=1 b=2 c=3", { a: "1" }],
    ["| json | drop __error__", "plain", {}],
    [
      '| label_format x="{{ .a.b }}"',
      "line",
      {
        __error__: "TemplateFormatErr",
        __error_details__: 'template: label:1:5: executing "label" at <.a.b>: can\'t evaluate field b in type string',
      },
    ],
  ])("%s on %j", (stages, line, labels) => {
    expect(through(stages, line)?.labels).toEqual(labels);
  });

  it("rewrite the line for what follows", () => {
    expect(through('| logfmt | line_format "{{.a}}-{{.app}}" |= "1-x"', "a=1")?.line).toBe("1-x");
    expect(through("| decolorize", "\u001b[1;31mred\u001b[0m")?.line).toBe("red");
  });
});

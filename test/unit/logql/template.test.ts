import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LabelMap } from "../../../src-shared/logql/template/go-value.ts";
import { runTemplate, TemplateRunError } from "../../../src-shared/logql/template/template-exec.ts";
import { parseTemplate, templateError } from "../../../src-shared/logql/template/template-parser.ts";

const LABELS = new Map([
  ["app", "payments"],
  ["level", "error"],
  ["latency", "1.5"],
  ["name", "jürgen"],
  ["json", '{"a":{"b":[1,2.5,"x"]},"n":null}'],
]);

const labels: LabelMap = { labelMap: true, get: (name) => LABELS.get(name), keys: () => [...LABELS.keys()].toSorted() };

function run(text: string): string {
  const scope = { line: "the line", timestampNs: 1_795_168_800_123_456_789n, nowNs: () => 1_795_168_800_000_000_000n };
  return runTemplate(parseTemplate("line", text), labels, scope);
}

function failure(text: string): string {
  try {
    return `gave ${run(text)}`;
  } catch (error) {
    if (error instanceof TemplateRunError) return error.message;
    throw error;
  }
}

describe("Go templates", () => {
  it.each([
    ["{{.app}}/{{.missing}}|", "payments/|"],
    ['{{ .level | ToUpper | printf "%-7s|" }}', "ERROR  |"],
    ["a {{- .app -}} b", "apaymentsb"],
    ["a{{/* note */}}b{{- /* x */ -}} c", "abc"],
    ["{{ if eq .level `error` }}E{{ else if eq .level `warn` }}W{{ else }}I{{ end }}", "E"],
    ["{{ with .missing }}x{{ else }}none{{ end }}", "none"],
    ["{{ $x := .app }}{{ $x = `y` }}{{ $x }}{{ $.level }}", "yerror"],
    ["{{ range $i, $e := (fromJson .json).a.b }}{{ $i }}={{ $e }};{{ end }}", "0=1;1=2.5;2=x;"],
    ["{{ range 3 }}{{ . }}{{ if eq . 1 }}{{ break }}{{ end }}{{ end }}", "01"],
    ["{{ define `t` }}<{{ . }}>{{ end }}{{ template `t` .app }}", "<payments>"],
    ["{{ and .app .missing }}|{{ or .missing .app }}|{{ not .missing }}", "|payments|true"],
    ["{{ len .name }} {{ substr 0 3 .name }} {{ trunc -3 .app }} {{ .name | upper }}", "7 jü nts JÜRGEN"],
    [
      "{{ add 1 `2` }} {{ sub 1 3 }} {{ div 7 2 }} {{ mulf 1.1 1.1 }} {{ round 2.345 2 }} {{ max 1 5 3 }}",
      "3 -2 3 1.21 2.35 5",
    ],
    ["{{ printf `%05.1f|%x|%q|%v|%d` 3.14159 `hi` .level true `s` }}", '003.1|6869|"error"|true|%!d(string=s)'],
    [
      "{{ __line__ }} {{ __timestamp__.Unix }} {{ __timestamp__ | date `2006-01-02 15:04:05.000` }}",
      "the line 1795168800 2026-11-20 10:00:00.123",
    ],
    ["{{ toDateInZone `2006-01-02 15:04` `Europe/Berlin` `2026-07-01 12:00` | unixEpoch }}", "1782900000"],
    ["{{ unixToTime `1795168800` | date `Mon Jan _2 2006` }}", "Fri Nov 20 2026"],
    ["{{ regexReplaceAll `(\\w)(\\w*)` .app `$2$1` }}", "aymentsp"],
    [
      "{{ b64enc .name }} {{ b64dec `aGk=` }} {{ urlencode `a b&c` }} {{ urldecode `a+b%26` }}",
      "asO8cmdlbg== hi a+b%26c a b&",
    ],
    ["{{ bytes `1.5KiB` }} {{ duration `1m30s` }} {{ default `d` .missing }} {{ count `e` .level }}", "1536 90 d 1"],
    [
      "{{ html `<a&'>` }} {{ js `it's` }} {{ .app | trimPrefix `pay` | indent 2 }}",
      "&lt;a&amp;&#39;&gt; it\\'s   ments",
    ],
    ["{{ index (fromJson .json) `n` }} {{ (fromJson .json).zzz }}", "<no value> <no value>"],
    ["{{ divf 2 3 }} {{ addf 0.1 0.2 }} {{ title `it's a-b é_x` }}", "0.6666666666666667 0.3 It'S A-B É_x"],
    ["{{ 1000000.0 }} {{ 1.5 }} {{ 'a' }} {{ 0x1F }}", "1e+06 1.5 97 31"],
  ])("%s gives %j", (text, expected) => {
    expect(run(text)).toBe(expected);
  });

  it.each([
    ["{{ .app.b }}", 'template: line:1:7: executing "line" at <.app.b>: can\'t evaluate field b in type string'],
    [
      "x\n{{ mod 7 0 }}",
      'template: line:2:3: executing "line" at <mod 7 0>: error calling mod: runtime error: integer divide by zero',
    ],
    [
      "{{ lt .app 5 }}",
      'template: line:1:3: executing "line" at <lt .app 5>: error calling lt: incompatible types for comparison: string and int',
    ],
    [
      "{{ trunc .app .app }}",
      'template: line:1:9: executing "line" at <.app>: wrong type for value; expected int; got string',
    ],
    ["{{ ToUpper 5 }}", 'template: line:1:11: executing "line" at <5>: expected string; found 5'],
    [
      "{{ ToUpper }}",
      'template: line:1:3: executing "line" at <ToUpper>: wrong number of args for ToUpper: want 1 got 0',
    ],
  ])("%j fails as Go does", (text, message) => {
    expect(failure(text)).toBe(message);
  });

  it.each([
    ["{{ end }}", "template: line:1: unexpected {{end}}"],
    ["{{ if }}", "template: line:1: missing value for if"],
    ["{{ nope .a }}", 'template: line:1: function "nope" not defined'],
    ["{{ .a", "template: line:1: unclosed action"],
    ["\n{{ if .a }}x", "template: line:2: unexpected EOF"],
    ["{{ $x }}", 'template: line:1: undefined variable "$x"'],
  ])("%j is refused as by Go", (text, message) => {
    expect(templateError("line", text)).toBe(message);
  });

  it("are parsed or refused, and run or fail, whatever the text", () => {
    const piece = fc.constantFrom(
      "{{",
      "}}",
      " ",
      ".app",
      "$x",
      ":=",
      "if",
      "range",
      "end",
      "else",
      "|",
      "ToUpper",
      "printf",
      '"%d"',
      "5",
      "(",
      ")",
      "x",
      "nil",
      "-",
      "with",
      "\n",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join("");
        const error = templateError("line", text);
        if (error === null) expect(typeof failure(text)).toBe("string");
        else expect(error).toMatch(/^template: line:\d+: /);
      }),
      { numRuns: 1_000 },
    );
  });

  it("cannot be made to grow without bound", () => {
    expect(failure("{{ range 1000000 }}{{ range 1000000 }}xxxxxxxxxxxxxxxx{{ end }}{{ end }}")).toContain(
      "output too long",
    );
    expect(failure("{{ define `t` }}{{ template `t` }}{{ end }}{{ template `t` }}")).toContain(
      "maximum template depth",
    );
    expect(failure("{{ repeat 1000000000 .app }}")).toContain("overflow");
  });
});

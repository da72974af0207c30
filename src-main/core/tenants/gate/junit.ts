import type { GateReport } from "./gate.ts";
import type { GatePlace } from "./label-use.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

function escaped(text: string): string {
  return (
    text
      // Control characters that XML 1.0 has no way to write.
      // oxlint-disable-next-line no-control-regex -- it is they that are looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
      .replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? character)
  );
}

function at({ file, line, column }: GatePlace): string {
  return `${file}:${line}:${column}`;
}

/** The report as JUnit XML: each finding a failed case, each unreadable input an error, each suppressed finding skipped. */
export function junitReport({ findings, suppressed, unreadable, files }: GateReport): string {
  const cases = [
    ...unreadable.map(
      ({ place, problem }) =>
        `<testcase classname="${escaped(place.file)}" name="readable"><error message="${escaped(problem)}">${escaped(at(place))}</error></testcase>`,
    ),
    ...findings.map(
      ({ rule, label, title, fix, evidence, place }) =>
        `<testcase classname="${escaped(place.file)}" name="${escaped(`${rule} ${label}`.trim())}"><failure type="${escaped(rule)}" message="${escaped(`${title}: ${label} (${evidence})`)}">${escaped(`${at(place)}\n${fix}`)}</failure></testcase>`,
    ),
    ...suppressed.map(
      ({ finding: { rule, label, place }, suppression }) =>
        `<testcase classname="${escaped(place.file)}" name="${escaped(`${rule} ${label}`.trim())}"><skipped message="${escaped(`until ${suppression.until}: ${suppression.reason}`)}"/></testcase>`,
    ),
  ];
  // A suite without a case is taken for one that did not run.
  if (cases.length === 0) cases.push(`<testcase classname="kubemate gate" name="${files} files"/>`);
  const counts = `tests="${cases.length}" failures="${findings.length}" errors="${unreadable.length}" skipped="${suppressed.length}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n<testsuite name="kubemate gate" ${counts}>\n${cases.join("\n")}\n</testsuite>\n</testsuites>\n`;
}

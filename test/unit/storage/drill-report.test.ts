// @vitest-environment jsdom
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { MemorySecretStore } from "../../../src-main/core/secrets/memory-secret-store.ts";
import { drillReport } from "../../../src-main/core/storage/drills/drill-report.ts";
import { visible } from "../../../src-main/core/storage/drills/report-document.ts";
import { reportHtml } from "../../../src-main/core/storage/drills/report-html.ts";
import { reportMarkdown } from "../../../src-main/core/storage/drills/report-markdown.ts";
import { signingKey, signReport } from "../../../src-main/core/storage/drills/report-signing.ts";
import { reportText } from "../../../src-main/core/storage/drills/report-text.ts";
import { drillReportOf } from "../../builders/drill-reports.ts";

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `</style></main><iframe srcdoc="x">`,
  `' onmouseover='x`,
  `{{title}} $t(storage.report.title)`,
  "` | \\| ``` \n# heading\n- item [link](javascript:x) ![](//x)",
  "a\u202egnp.exe\u0000\u001b[31m\r\n",
];
const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
  fc.string({ unit: "binary", minLength: 1 }),
);
const ALLOWED = new Set("html head meta title style body main h1 h2 p table thead tbody tr th td code pre".split(" "));

describe("a drill's report as HTML", () => {
  it("has only elements of its own and shows others' text as text, whatever it is", async () => {
    const texts = [await reportText("en"), await reportText("zh-CN")];
    const key = await signingKey(new MemorySecretStore("a test", systemClock));
    fc.assert(
      fc.property(hostile, fc.constantFrom(...texts), (text, words) => {
        const document = parsed(reportHtml(drillReport(signReport(drillReportOf(text), key), words)));
        for (const element of document.querySelectorAll("*")) {
          expect(ALLOWED).toContain(element.tagName.toLowerCase());
          for (const name of element.getAttributeNames()) expect(name).not.toMatch(/^on|^src|^href|^style$/);
        }
        const cells = [...document.querySelectorAll("code")].map((cell) => cell.textContent);
        expect(cells).toContain(visible(text));
      }),
      { numRuns: 40 },
    );
  });

  it("loads nothing and runs nothing", async () => {
    const html = await htmlOf("en");
    const document = parsed(html);
    const policy = document.querySelector("meta[http-equiv]")?.getAttribute("content") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("script-src");
    expect(html).not.toMatch(/https?:\/\//);
  });

  it("is in the language that was asked for, with every text there", async () => {
    const english = await htmlOf("en");
    const chinese = await htmlOf("zh-CN");
    expect(english).toContain('<html lang="en">');
    expect(chinese).toContain('<html lang="zh-CN">');
    expect(chinese).toContain("恢复演练");
    for (const html of [english, chinese]) expect(html).not.toMatch(/storage\.(?:report|step|detail)\./);
  });
});

describe("a drill's report as Markdown", () => {
  it("lets others' text make neither structure nor HTML nor links", async () => {
    const words = await reportText("en");
    const key = await signingKey(new MemorySecretStore("a test", systemClock));
    const plain = reportMarkdown(drillReport(signReport(drillReportOf("plain"), key), words));
    fc.assert(
      fc.property(hostile, (text) => {
        const markdown = reportMarkdown(drillReport(signReport(drillReportOf(text), key), words));
        expect(shapeOf(markdown)).toEqual(shapeOf(plain));
        const withoutCode = markdown.replaceAll(/(`+)(?!`)[^]*?(?<!`)\1(?!`)/g, "");
        expect(withoutCode).not.toMatch(/(?<!\\)[<[\]!]/);
      }),
      { numRuns: 200 },
    );
  });
});

function parsed(html: string): Document {
  return new DOMParser().parseFromString(html, "text/html");
}

async function htmlOf(language: "en" | "zh-CN"): Promise<string> {
  const key = await signingKey(new MemorySecretStore("a test", systemClock));
  return reportHtml(drillReport(signReport(drillReportOf(), key), await reportText(language)));
}

/** What each line begins with, and how many cells it has: text that breaks out of its cell changes it. */
function shapeOf(markdown: string): readonly string[] {
  return markdown.split("\n").map((line) => {
    const bars = line.match(/\|/g)?.length ?? 0;
    return `${/^(?:#+ |\| |```|\*\*)/.exec(line)?.[0] ?? ""}${bars}`;
  });
}

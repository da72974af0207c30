import { describe, expect, it } from "vitest";
import { failureText, reasonText } from "../../../src-renderer/components/reason-text.ts";
import { markerText } from "../../../src-renderer/features/explore/rows/marker-text.ts";
import { translatorOf } from "../../builders/translator.ts";

const en = translatorOf("en");
const zh = translatorOf("zh-CN");
const closed = (reason: string) => markerText({ kind: "closed", reason }, en.t, en.formats);

describe("why a tail was cut", () => {
  it("is never a bare code", () => {
    expect(closed("1006")).toBe("The tail was closed: the connection was cut without a word");
    expect(closed("1012")).toBe("The tail was closed: the server restarts");
    expect(closed("4321")).toBe("The tail was closed: the connection ended with code 4321");
    const gap = { kind: "gap", startNs: "1763633647000000000", endNs: "1763633648000000000" } as const;
    expect(markerText({ ...gap, cause: "1006" }, en.t, en.formats)).toMatch(
      /\(the connection was cut without a word\)$/,
    );
    expect(markerText({ ...gap, cause: "limit-reached" }, en.t, en.formats)).toContain("more lines came meanwhile");
    expect(markerText({ ...gap, cause: "lines-missing" }, en.t, en.formats)).toContain("could not be read whole");
    expect(markerText({ kind: "closed", reason: "1006" }, zh.t, zh.formats)).toBe("实时跟踪已被关闭：连接意外中断");
  });

  it("is an error's words, behind the stream's name where it has one, with no parameter left open", () => {
    expect(closed("loki.unreachable")).toBe("The tail was closed: Loki cannot be reached");
    expect(closed("payments/api-7c9f: cluster.timeout")).toBe(
      "The tail was closed: payments/api-7c9f: The API server did not answer in time",
    );
    expect(closed("/loki/api/v1/tail: 404, polling")).toContain("asked for again and again");
    expect(closed("more than 100 containers")).toContain("more than 100 containers; the rest is not followed");
  });

  it("is quoted where it is a server's own sentence, with what is hidden made visible", () => {
    expect(closed("max streams\u202E reached")).toBe("The tail was closed: max streams⟦U+202E⟧ reached");
    expect(closed("example.com: refused")).toBe("The tail was closed: example.com: refused");
  });
});

describe("why lines may be missing", () => {
  it("a part of an archive is read, a pod answers", () => {
    const told = (part: string, code: string) => reasonText({ kind: "partial-failure", part, code }, en.t, en.formats);
    expect(told("tenant=a/day=2026-11-20/slice-0.parquet", "archive.truncated")).toBe(
      "tenant=a/day=2026-11-20/slice-0.parquet could not be read whole. It ends too early; what is before was read.",
    );
    expect(told("+1200", "archive.damaged")).toBe("1,200 more parts could not be read whole.");
    expect(told("api-7c9f", "cluster.timeout")).toBe(
      "Something of api-7c9f is missing. The API server did not answer in time.",
    );
  });

  it("an error's sentence stands only where it needs no parameters", () => {
    expect(failureText("loki.no-tenant", en.t, en.formats)).toBe("Loki wants a tenant and none was sent.");
    for (const code of ["loki.timed-out", "archive.damaged", "storage.timed-out", "no.such-code"]) {
      expect(failureText(code, en.t, en.formats)).not.toMatch(/\{\{|\s{2}| \.$/);
    }
    expect(failureText("no.such-code", en.t, en.formats)).toBe("The cause is no.such-code.");
  });
});

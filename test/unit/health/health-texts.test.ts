import { describe, expect, it } from "vitest";
import { AUDIT_RULES } from "../../../src-main/core/health/config-audit/audit-facts.ts";
import { causeFigure, evidenceText, figureText, scoreText } from "../../../src-renderer/components/health-text.ts";
import { auditCsv } from "../../../src-renderer/features/health/audit/audit-texts.ts";
import { CATALOGUE, LOCALES } from "../../../src-shared/i18n/catalogue.ts";
import { EVIDENCE_KINDS, type EvidenceKind } from "../../../src-shared/model/health/verdict.ts";
import { slowPut } from "../../builders/health-boards.ts";
import { translatorOf } from "../../builders/translator.ts";

/** What `verdict.ts` says that evidence carries besides its figures. */
const PARAMS: Partial<Readonly<Record<EvidenceKind, readonly string[]>>> = {
  "past-slower": ["figure"],
  "memory-high": ["against"],
  "goroutines-growing": ["against"],
  "requests-failing": ["route"],
  "wal-corrupt": ["type"],
  "restarting-often": ["minutes"],
  "reload-failed": ["config", "tenant"],
  "config-differs": ["config"],
  "version-differs": ["version", "usual"],
  "memberlist-sick": ["members"],
  "ring-unhealthy": ["ring", "state"],
  "ring-too-few": ["ring", "needed"],
  "ring-zone-lost": ["ring", "zone"],
  "ring-members-unhealthy": ["ring"],
  "instances-down": ["total"],
  "instances-gray": ["total"],
  "instances-degraded": ["total"],
  "members-missing": ["wanted"],
  "no-instances": ["wanted"],
  "samples-discarded": ["tenant", "reason"],
  "queue-discards": ["tenant"],
  "cache-misses": ["cache"],
  "cache-down": ["cache"],
  "index-gateway-slow": ["operation"],
  "compaction-late": ["limitSeconds"],
  "retention-late": ["limitSeconds"],
  "deletes-pending": ["oldestSeconds"],
  "deletes-failing": ["cause"],
  "rules-missed": ["tenant", "group"],
  "rules-failing": ["tenant", "group"],
  "notifications-dropped": ["tenant"],
};

const en = translatorOf("en");

describe("words of health", () => {
  it("every evidence has a sentence that uses only what the evidence carries, and a word of help", () => {
    const offences = LOCALES.flatMap((locale) =>
      EVIDENCE_KINDS.flatMap((kind) => {
        const text = CATALOGUE[locale][`health.evidence.${kind}`];
        const help = CATALOGUE[locale][`health.evidenceHelp.${kind}`];
        if (text === undefined || help === undefined) return [`${locale} ${kind}: no text`];
        const known = new Set(["own", "mates", ...(PARAMS[kind] ?? [])]);
        return [...`${text} ${help}`.matchAll(/\{\{(\w+)\}\}/g)]
          .filter(([, name = ""]) => !known.has(name))
          .map(([whole]) => `${locale} ${kind}: ${whole}`);
      }),
    );
    expect(offences).toEqual([]);
  });

  it("every rule of the audit has a title and a reason in both languages", () => {
    const offences = LOCALES.flatMap((locale) =>
      AUDIT_RULES.flatMap(({ id }) =>
        ["title", "why"]
          .filter((part) => CATALOGUE[locale][`health.audit.${id}.${part}`] === undefined)
          .map((part) => `${locale} ${id}.${part}`),
      ),
    );
    expect(offences).toEqual([]);
  });

  it("a figure has its unit, and one that is not known is a dash and no nought", () => {
    const text = (value: number | null, unit: Parameters<typeof figureText>[1]) => figureText(value, unit, en.formats);
    expect(text(2.1, "seconds")).toBe("2.1s");
    expect(text(0.0004, "seconds")).toBe("<1ms");
    expect(text(0.004, "share")).toBe("<1%");
    expect(text(0, "share")).toBe("0%");
    expect(text(0.01, "per-second")).toBe("<0.1/s");
    expect(text(1_204, "per-second")).toBe("1,204/s");
    expect(text(null, "count")).toBe("–");
    expect(text(Number.NaN, "bytes")).toBe("–");
  });

  it("what servers name is shown with what a screen would hide, seconds become durations, our own words are translated", () => {
    const discarded = slowPut({
      kind: "samples-discarded",
      unit: "per-second",
      own: 41,
      params: { tenant: "a‮b", reason: "rate_limited" },
    });
    expect(evidenceText(discarded, en.t, en.formats)).toBe("Samples of a⟦U+202E⟧b discarded: 41/s (rate_limited)");
    const late = slowPut({ kind: "compaction-late", own: 7_200, params: { limitSeconds: 1_800 } });
    expect(evidenceText(late, en.t, en.formats)).toContain("2h ago; 30m is usual");
    const zh = translatorOf("zh-CN");
    const past = slowPut({ kind: "past-slower", own: 2, matesMedian: 1, params: { figure: "put" } });
    expect(evidenceText(past, zh.t, zh.formats)).toBe("对象存储写入耗时 2秒，自身此前为 1秒");
  });

  it("who has nobody to be compared with is told of alone", () => {
    const alone = { matesMedian: null, spread: null, score: null } as const;
    const failing = slowPut({
      kind: "requests-failing",
      unit: "share",
      own: 0.2,
      params: { route: "api_push" },
      ...alone,
    });
    expect(evidenceText(failing, en.t, en.formats)).toBe("20% of the requests to api_push fail");
    const score = slowPut({ kind: "memberlist-sick", unit: "count", own: 3, ...alone });
    expect(evidenceText(score, en.t, en.formats)).toBe("Memberlist's own health score is 3, 0 is well");
  });

  it("a score is said in words, whichever side it is on", () => {
    expect(scoreText(2, en.t)).toBe("within the usual spread");
    expect(scoreText(-9, en.t)).toBe("far beyond the usual spread");
  });

  it("a cause tells how much: shares, rates, and streams before and now", () => {
    const cause = { tenant: "a", metric: "m", before: null } as const;
    expect(causeFigure({ ...cause, kind: "object-store-outage", value: 0.66 }, en.t, en.formats)).toBe(
      "66% of the ingesters",
    );
    expect(causeFigure({ ...cause, kind: "label-explosion", value: 9_000, before: 400 }, en.t, en.formats)).toBe(
      "400 streams before, 9,000 now",
    );
    expect(causeFigure({ ...cause, kind: "label-explosion", value: 12 }, en.t, en.formats)).toBe(
      "12/s streams refused",
    );
  });

  it("a table for a spreadsheet quotes what has to be quoted and holds no formulas", () => {
    const csv = auditCsv(
      {
        checkedAtMs: 0,
        configFrom: null,
        findings: [
          { rule: "wal-off", severity: "critical", where: 'a "b", c', present: "=cmd()", params: {}, patch: null },
        ],
        gaps: [{ fact: "bucket", code: "health.nobody-tells", rules: ["bucket-not-versioned"] }],
        passed: [],
      },
      en.t,
    );
    const [head, finding, gap] = csv.split("\r\n");
    expect(head).toBe("severity,rule,where,present,title,why");
    expect(finding).toContain(`critical,wal-off,"a ""b"", c",'=cmd(),`);
    expect(gap).toBe("gap,,bucket,health.nobody-tells,bucket-not-versioned,");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BookedChange } from "../../../src-main/core/tenants/changes/change-book.ts";
import { NO_FACTS } from "../../../src-main/core/tenants/changes/change-facts.ts";
import { freshReport } from "../../../src-main/core/tenants/changes/change-report.ts";
import type { FoundRuntime } from "../../../src-main/core/tenants/changes/changes-parts.ts";
import { draftOfEdits, draftOfFile, draftOfRollback } from "../../../src-main/core/tenants/changes/draft-change.ts";
import { unifiedDiff } from "../../../src-main/core/tenants/changes/line-diff.ts";
import { makePlan } from "../../../src-main/core/tenants/changes/make-plan.ts";
import type { RuntimeMap } from "../../../src-main/core/tenants/changes/runtime-map.ts";
import { jobIdSchema, siteIdSchema } from "../../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { LimitChange, LimitPlan } from "../../../src-shared/model/tenants/limit-change.ts";

const SITE = siteIdSchema.parse("site");
const JOB = jobIdSchema.parse("job");
const NOW_MS = Date.UTC(2026, 10, 22, 12);
const FOUND: FoundRuntime = {
  place: {
    namespace: "loki",
    name: "limits",
    key: "overrides.yaml",
    resourceVersion: "1",
    mountedBy: [],
    managedBy: null,
    file: "/etc/loki/overrides.yaml",
  },
  files: ["/etc/loki/overrides.yaml"],
  mountedBySubPath: false,
};
const CARDS = `overrides:
  cards:
    ingestion_rate_mb: 12 # since the spring
    ingestion_burst_size_mb: 24
`;

function mapOf(text: string, annotation?: string): RuntimeMap {
  return {
    uid: "u",
    resourceVersion: "1",
    text,
    binary: false,
    immutable: false,
    annotation,
    otherBytes: 0,
    labels: {},
    annotations: {},
    managers: [],
  };
}

const context = (map: RuntimeMap) => ({ map, nowMs: NOW_MS, principal: "ops", alsoKnown: () => false });
type Edits = Extract<LimitChange, { kind: "edits" }>;

function editsOf(...given: readonly (readonly [tenant: string, key: string, value: string | null])[]): Edits {
  return {
    kind: "edits",
    edits: given.map(([tenant, key, value]) => ({ tenant: tenantIdSchema.parse(tenant), key, value })),
  };
}

function planOf(change: Edits | Extract<LimitChange, { kind: "file" }>, map: RuntimeMap, given = {}): LimitPlan {
  const draft = change.kind === "edits" ? draftOfEdits(change, context(map)) : draftOfFile(change.text, context(map));
  const facts = { ...NO_FACTS, version: "3.7.6", ...given };
  return makePlan({ site: SITE, change, found: FOUND, map, draft, facts, audited: [], nowMs: NOW_MS }).plan;
}

function stopping(plan: LimitPlan): readonly string[] {
  return plan.problems.filter(({ weight }) => weight === "stops").map(({ code }) => code);
}

function warnings(plan: LimitPlan): readonly string[] {
  return plan.problems.filter(({ weight }) => weight === "warns").map(({ code }) => code);
}

function booked(change: LimitChange, before: RuntimeMap, text: string, annotation: string | null): BookedChange {
  const plan = planOf(editsOf(["cards", "max_line_size", "1MB"]), mapOf(CARDS));
  return {
    job: JOB,
    atMs: NOW_MS,
    state: "succeeded",
    input: {
      plan: { ...plan, change },
      reason: "",
      principal: "ops",
      uid: "u",
      before: { text: before.text, annotation: before.annotation ?? null },
      after: { text, annotation },
      hashChanges: true,
      expectedHash: null,
    },
    report: { ...freshReport(plan), writtenVersion: "2" },
  };
}

describe("an edit and its rollback", () => {
  const value = fc.constantFrom("20", "0.5", "7");
  const file = fc
    .array(
      fc.record({
        tenant: fc.constantFrom("cards", "treasury", "a.b", "7"),
        style: fc.constantFrom("block", "flow", "empty"),
        comment: fc.constantFrom("", " # why not", " # 20 %"),
        rate: value,
        blank: fc.boolean(),
      }),
      { maxLength: 4 },
    )
    .map((tenants) => {
      const seen = new Set<string>();
      const blocks = tenants.flatMap(({ tenant, style, comment, rate, blank }) => {
        if (seen.has(tenant)) return [];
        seen.add(tenant);
        const name = `  ${tenant === "7" ? '"7"' : tenant}:`;
        const between = blank ? "\n" : "";
        if (style === "empty") return [`${name} {}${comment}\n${between}`];
        if (style === "flow") return [`${name} { ingestion_rate_mb: ${rate} }${comment}\n${between}`];
        return [`${name}${comment}\n    ingestion_rate_mb: ${rate}${comment}\n    max_line_size: 1MB\n${between}`];
      });
      return blocks.length === 0 ? "# nothing yet\noverrides: {}\n" : `# Limits.\noverrides:\n${blocks.join("")}`;
    });
  const change = fc
    .array(
      fc.record({
        tenant: fc.constantFrom("cards", "treasury", "a.b", "7", "new"),
        key: fc.constantFrom("ingestion_rate_mb", "max_line_size", "max_query_length"),
        value: fc.option(value, { nil: null }),
      }),
      { minLength: 1, maxLength: 5 },
    )
    .map((edits) =>
      editsOf(
        ...edits.map(({ tenant, key, value: given }) => {
          const fits = key === "max_query_length" ? "2h" : given;
          return [tenant, key, given === null ? null : fits] as const;
        }),
      ),
    );

  it("give the file back byte for byte, whatever stands around it", () => {
    fc.assert(
      fc.property(file, change, fc.constantFrom("\n", "\r\n"), (text, edits, newline) => {
        const map = mapOf(text.replaceAll("\n", newline));
        const draft = draftOfEdits(edits, context(map));
        fc.pre(draft.problems.every(({ weight }) => weight !== "stops"));
        const after = { ...mapOf(draft.content.text), annotation: draft.content.annotation ?? undefined };
        const back = draftOfRollback(
          JOB,
          booked(edits, map, draft.content.text, draft.content.annotation),
          context(after),
        );
        expect(back.problems).toEqual([]);
        expect(back.content.text).toBe(map.text);
      }),
      { numRuns: 300 },
    );
  });

  it("give the values back where somebody edited another tenant meanwhile", () => {
    const map = mapOf(CARDS);
    const draft = draftOfEdits(editsOf(["cards", "ingestion_rate_mb", "20"]), context(map));
    const later = `${draft.content.text}  retail: { max_line_size: 1MB }\n`;
    const back = draftOfRollback(JOB, booked(editsOf(), map, draft.content.text, null), context(mapOf(later)));
    expect(back).toEqual({
      content: { text: `${CARDS}  retail: { max_line_size: 1MB }\n`, annotation: null },
      problems: [],
    });
  });

  it("of more than overrides is not guessed at once the file has changed", () => {
    const after = `${CARDS}configs: { cards: { log_push_request: true } }\n`;
    const takenBack = booked({ kind: "file", text: after }, mapOf(CARDS), after, null);
    expect(draftOfRollback(JOB, takenBack, context(mapOf(after))).content.text).toBe(CARDS);
    expect(() => draftOfRollback(JOB, takenBack, context(mapOf(`${after}# more\n`)))).toThrow(/rollback-impossible/);
  });
});

describe("what stops a change", () => {
  it.each([
    ["a tab", "overrides:\n\tcards: {}\n", "file-refused"],
    ["a key twice", "overrides:\n  cards: { max_line_size: 1MB, max_line_size: 2MB }\n", "duplicate-key"],
    ["a tenant twice", "overrides:\n  cards: {}\n  cards: {}\n", "duplicate-key"],
    ["an unknown key", "overrides:\n  cards: { ingestion_rate: 5 }\n", "unknown-key"],
    ["an unknown section", "override:\n  cards: {}\n", "unknown-key"],
    ["a wrong type", "overrides:\n  cards: { max_line_size: plenty }\n", "wrong-type"],
    ["an alias without an anchor", "overrides:\n  cards: *gone\n", "file-refused"],
    ["a list for a map", "overrides: [cards]\n", "file-refused"],
    ["an unknown field", "overrides:\n  cards: { blocked_queries: [{ patern: a }] }\n", "unknown-field"],
  ])("is %s in a whole file", (_what, text, code) => {
    expect(stopping(planOf({ kind: "file", text }, mapOf(CARDS)))).toContain(code);
  });

  it.each([
    ["an unknown key", ["cards", "ingestion_rate", "5"], "unknown-key"],
    ["a wrong type", ["cards", "ingestion_rate_mb", "plenty"], "wrong-type"],
    ["a value that is none of the choices", ["cards", "deletion_mode", "sometimes"], "not-a-choice"],
    ["an unknown field", ["cards", "blocked_queries", "[{patern: a}]"], "unknown-field"],
    ["nothing to change", ["cards", "ingestion_rate_mb", "12"], "no-change"],
    ["an unset value that is not there", ["treasury", "ingestion_rate_mb", null], "no-change"],
  ] as const)("is %s of an edit", (_what, edit, code) => {
    expect(stopping(planOf(editsOf(edit), mapOf(CARDS)))).toEqual([code]);
  });

  it("is a value that others have from an anchor", () => {
    const text = "overrides:\n  cards: &base { max_line_size: 1MB }\n  treasury: *base\n";
    expect(stopping(planOf(editsOf(["treasury", "max_line_size", "2MB"]), mapOf(text)))).toContain("shared-value");
    expect(stopping(planOf(editsOf(["cards", "max_line_size", "2MB"]), mapOf(text)))).toContain("shared-value");
  });

  it("is a file that no ConfigMap holds, told at once also for five megabytes", () => {
    const tenants = Array.from(
      { length: 45_000 },
      (_none, at) => `  t${at}: { ingestion_rate_mb: 4, max_line_size: 1MB } # ${"x".repeat(60)}\n`,
    );
    const text = `overrides:\n${tenants.join("")}`;
    expect(text.length).toBeGreaterThan(5_000_000);
    const began = performance.now();
    expect(stopping(planOf({ kind: "file", text }, mapOf(CARDS)))).toContain("too-large");
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("is a place that cannot be written: gzip, immutable, several files", () => {
    const change = editsOf(["cards", "ingestion_rate_mb", "20"]);
    const judged = (map: Partial<RuntimeMap>, found: Partial<FoundRuntime>) => {
      const given = { ...mapOf(CARDS), ...map };
      const draft = draftOfEdits(change, context(given));
      const input = { site: SITE, change, map: given, draft, facts: NO_FACTS, audited: [], nowMs: NOW_MS };
      return stopping(makePlan({ ...input, found: { ...FOUND, ...found } }).plan);
    };
    expect(judged({ binary: true, text: "" }, {})).toContain("binary-file");
    expect(judged({ immutable: true }, {})).toContain("immutable");
    expect(judged({}, { files: ["/a.yaml", "/b.yaml"] })).toContain("several-files");
  });

  it("is not a key that this Loki prints itself, only a word of warning", () => {
    const change = editsOf(["cards", "brand_new_limit", "5"]);
    const draft = draftOfEdits(change, { ...context(mapOf(CARDS)), alsoKnown: () => true });
    const facts = { ...NO_FACTS, version: "3.9.0", config: { brand_new_limit: 0 } };
    const { plan } = makePlan({
      site: SITE,
      change,
      found: FOUND,
      map: mapOf(CARDS),
      draft,
      facts,
      audited: [],
      nowMs: NOW_MS,
    });
    expect(stopping(plan)).toEqual([]);
    expect(warnings(plan)).toContain("version-differs");
    expect(plan.diff).toContain("+    brand_new_limit: 5");
  });
});

describe("what speaks against a change", () => {
  it("is a burst below the rate, use above the limit, a tenant nobody has seen, a manager", () => {
    const gauge = {
      tenant: "cards",
      key: "ingestion_rate_mb",
      unit: "bytes-per-second",
      used: 11 * 1_048_576,
      limit: 12 * 1_048_576,
      unlimited: false,
      share: 0.9,
      trendPerHour: null,
      trendOverMs: 0,
      reachesLimitInMs: null,
      points: [],
    } as const;
    const map = { ...mapOf(CARDS), managers: [{ manager: "argocd-controller", operation: "Apply", atMs: NOW_MS }] };
    const facts = { gauges: [gauge], tenants: ["cards"], config: { ingestion_rate_mb: 4, ingestion_burst_size_mb: 6 } };
    const lowered = planOf(editsOf(["cards", "ingestion_rate_mb", "5"]), map, facts);
    expect(warnings(lowered)).toEqual(expect.arrayContaining(["use-above-limit", "managed-elsewhere"]));
    expect(lowered.edits[0]).toMatchObject({ used: gauge.used, effectiveAfter: "5" });
    const raised = planOf(editsOf(["cards", "ingestion_rate_mb", "50"], ["typo", "max_line_size", "1MB"]), map, facts);
    expect(warnings(raised)).toEqual(expect.arrayContaining(["burst-below-rate", "unknown-tenant"]));
    expect(stopping(raised)).toEqual([]);
  });

  it("is what all limits add up to, where the cluster is known, and that it is unknown where not", () => {
    const cluster = {
      strategy: "global",
      distributors: 2,
      ingesters: 3,
      replicationFactor: 3,
      distributorBytesPerSecond: null,
      ingesterBytesPerSecond: null,
      ingesterStreamBytes: 1e9,
      bytesPerStream: 20_000,
      from: { distributorRate: "unknown", ingesterRate: "unknown", ingesterMemory: "container-limit" },
    } as const;
    const config = { ingestion_rate_mb: 4, max_global_streams_per_user: 5_000, max_streams_per_user: 0 };
    const known = planOf(editsOf(["cards", "max_global_streams_per_user", "100000"]), mapOf(CARDS), {
      cluster,
      config,
    });
    expect(known.capacity.find(({ of }) => of === "ingester-memory")).toEqual({
      of: "ingester-memory",
      before: 5_000 * 20_000,
      after: 100_000 * 20_000,
      capacity: 1e9,
      reason: "over",
      from: "container-limit",
    });
    expect(warnings(known)).toContain("capacity-exceeded");
    const unknown = planOf(editsOf(["cards", "max_global_streams_per_user", "100000"]), mapOf(CARDS), { config });
    expect(unknown.capacity).toEqual([]);
    expect(warnings(unknown)).toContain("capacity-unknown");
  });
});

describe("a unified diff", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "d: 1", ""), { maxLength: 30 });
  const text = fc
    .tuple(lines, fc.boolean())
    .map(([all, open]) => all.join("\n") + (all.length === 0 || open ? "" : "\n"));

  it("makes the one text of the other, whatever they are", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patched(before, unifiedDiff("f", before, after))).toBe(after);
      }),
      { numRuns: 500 },
    );
  });

  it("has a hunk for each place, three lines around it", () => {
    const before = Array.from({ length: 40 }, (_none, at) => `line ${at}\n`).join("");
    const after = before.replace("line 5\n", "line five\n").replace("line 30\n", "");
    expect(unifiedDiff("f", before, after)).toBe(
      [
        "--- a/f\n+++ b/f",
        "@@ -3,7 +3,7 @@\n line 2\n line 3\n line 4\n-line 5\n+line five\n line 6\n line 7\n line 8",
        "@@ -28,7 +28,6 @@\n line 27\n line 28\n line 29\n-line 30\n line 31\n line 32\n line 33\n",
      ].join("\n"),
    );
  });

  it("of two files of a megabyte that have nothing in common is there within a second", () => {
    const long = (word: string) => Array.from({ length: 60_000 }, (_none, at) => `${word} ${at}\n`).join("");
    const began = performance.now();
    expect(unifiedDiff("f", long("one"), long("other")).length).toBeGreaterThan(1_000_000);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});

/** Applies a diff as `patch` does, without any fuzz. */
function patched(before: string, diff: string): string {
  if (diff === "") return before;
  const old = linesOf(before);
  const now: string[] = [];
  let at = 0;
  for (const hunk of diff.split(/^(?=@@ )/m).slice(1)) {
    const [head = "", ...body] = hunk.replace(/\n$/, "").split("\n");
    const [, from = "0", count = "1"] = /^@@ -(\d+)(?:,(\d+))?/.exec(head) ?? [];
    const start = count === "0" ? Number(from) : Number(from) - 1;
    now.push(...old.slice(at, start));
    at = start;
    for (const [index, line] of body.entries()) {
      if (line.startsWith("\\")) continue;
      const open = body[index + 1]?.startsWith("\\") === true;
      const content = `${line.slice(1)}${open ? "" : "\n"}`;
      if (!line.startsWith("+")) {
        expect(old[at]).toBe(content);
        at += 1;
      }
      if (!line.startsWith("-")) now.push(content);
    }
  }
  return [...now, ...old.slice(at)].join("");
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

import { describe, expect, it } from "vitest";
import type { EvidenceKind } from "../../../src-shared/model/health/verdict.ts";
import { KEPT_FAMILIES } from "../../../src-main/core/health/scraping/kept-families.ts";
import { EDGE_FAMILIES } from "../../../src-main/core/health/topology/edge-meter.ts";
import { CONVERGENCE_FAMILIES } from "../../../src-main/core/health/verdicts/rules/convergence.ts";
import { RING_FAMILIES } from "../../../src-main/core/health/verdicts/rules/ring-members.ts";
import { RULE_FAMILIES } from "../../../src-main/core/health/verdicts/rules/rule-table.ts";
import { SiteJudge } from "../../../src-main/core/health/verdicts/site-judge.ts";
import type { SiteVerdicts } from "../../../src-main/core/health/verdicts/site-verdicts.ts";
import { RecordedSite, type RecordedProcess } from "../../builders/recorded-site.ts";
import { PAGES, RULE_CASES, type Page } from "../../builders/verdict-rule-cases.ts";

/** All processes of the recorded cluster in health, as far as the recorded pages are of a healthy one. */
function healthySite(): RecordedSite {
  const site = new RecordedSite();
  for (const page of PAGES) {
    const process = site.add(page);
    // The pages were taken when overrides had just failed to load.
    process.series['loki_runtime_config_last_reload_successful{config="loki"}'] = 1;
    for (const key of Object.keys(process.series)) {
      if (key.includes("last_successful_run_timestamp")) process.series[key] = site.nowMs / 1_000 - 60;
    }
  }
  return site;
}

function run(
  change: (process: (page: Page) => RecordedProcess, round: number, site: RecordedSite) => void,
  rounds = 24,
): SiteVerdicts {
  const site = healthySite();
  const judge = new SiteJudge();
  const named = (page: Page): RecordedProcess => {
    const found = site.processes.find(({ instance }) => instance === page);
    if (found === undefined) throw new Error(page);
    return found;
  };
  let last: SiteVerdicts | null = null;
  for (let round = 0; round < rounds; round++) {
    change(named, round, site);
    last = judge.round(site.round());
  }
  if (last === null) throw new Error("no rounds");
  return last;
}

function evidence(verdicts: SiteVerdicts): readonly (readonly [string, EvidenceKind])[] {
  return [
    ...verdicts.instances.flatMap((one) => one.evidence.map(({ kind }) => [one.instance, kind] as const)),
    ...verdicts.components.flatMap((one) => one.evidence.map(({ kind }) => [one.component, kind] as const)),
  ].filter(([, kind]) => kind !== "instances-degraded");
}

describe("rules of verdicts, over pages of a real cluster", () => {
  it("find nothing where nothing moves", () => {
    const verdicts = run(() => undefined);
    expect(evidence(verdicts)).toEqual([]);
    expect(new Set(verdicts.instances.map(({ verdict }) => verdict))).toEqual(new Set(["healthy"]));
    expect(verdicts.instances.flatMap(({ doubts }) => doubts).filter((doubt) => doubt !== "ring-unread")).toEqual([]);
  });

  it.each(RULE_CASES)(
    "$kind is found on $of alone, and makes it degraded",
    ({ kind, of, page, change, rounds, found }) => {
      const verdicts = run((process, round, site) => change(process(page), round, site), rounds);
      expect(evidence(verdicts).filter(([, other]) => other !== "requests-failing" || kind === other)).toContainEqual([
        of,
        kind,
      ]);
      const judged = [...verdicts.instances, ...verdicts.components];
      const named = (one: (typeof judged)[number]) => ("instance" in one ? one.instance : one.component);
      const own = judged.filter((one) => named(one) === of && one.evidence.some((some) => some.kind === kind));
      expect(own.map(({ verdict }) => verdict)).toContain("degraded");
      expect(own.flatMap((one) => one.evidence).filter((one) => one.kind === kind)).toContainEqual(
        expect.objectContaining({ kind, ...found }),
      );
      const others = verdicts.instances.filter((one) => one.instance !== of && one.instance !== page);
      expect(others.filter(({ verdict }) => verdict !== "healthy").map(({ instance }) => instance)).toEqual([]);
    },
  );

  it("look only at families that scraping keeps", () => {
    const families = [RULE_FAMILIES, EDGE_FAMILIES, CONVERGENCE_FAMILIES, RING_FAMILIES].flatMap((some) => [
      ...some.keys(),
    ]);
    expect(families.filter((family) => !KEPT_FAMILIES.has(family))).toEqual([]);
  });

  it("doubt an ingester without families that all versions export", () => {
    const verdicts = run((process) => {
      delete process("ingester-2").series["loki_ingester_wal_disk_full_failures_total"];
    });
    const doubted = verdicts.instances.filter(({ doubts }) => doubts.includes("families-missing"));
    expect(doubted.map(({ instance }) => instance)).toEqual(["ingester-2"]);
  });

  it("tell the least that an evidence lasts: what ends, ends", () => {
    const site = healthySite();
    const judge = new SiteJudge();
    const scheduler = site.processes.find(({ instance }) => instance === "query-scheduler");
    const verdicts: string[] = [];
    for (let round = 0; round < 12; round++) {
      if (scheduler !== undefined) {
        scheduler.series["loki_query_scheduler_connected_querier_clients"] = round >= 2 && round < 7 ? 0 : 4;
      }
      const judged = judge.round(site.round()).instances.find(({ instance }) => instance === "query-scheduler");
      verdicts.push(judged?.verdict ?? "");
    }
    const degraded = verdicts.flatMap((verdict, round) => (verdict === "degraded" ? [round] : []));
    expect(degraded).toEqual([4, 5, 6]);
  });
});

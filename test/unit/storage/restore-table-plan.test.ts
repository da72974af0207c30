import { describe, expect, it } from "vitest";
import { parseIndexKey } from "../../../src-main/core/common/loki-format/tsdb/index-key.ts";
import type { IndexEntry } from "../../../src-main/core/storage/restore/plan/classifier.ts";
import type { SourceVersion } from "../../../src-main/core/storage/restore/plan/key-state.ts";
import { planTable, type TableReader } from "../../../src-main/core/storage/restore/plan/table-plan.ts";

/** What there is under one key: `whole` and `broken` versions in the bucket now, in the source's state, and besides. */
interface Kept {
  readonly now?: "whole" | "broken";
  readonly source?: "whole" | "broken";
  readonly older?: readonly ("whole" | "broken")[];
}

const MINUTE_NS = 60_000_000_000n;
const BEGAN_NS = 1_795_355_222_000_000_000n;

/** A compacted file of a tenant, made so many minutes after the table began. */
function compacted(tenant: string, minute: number, kept: Kept): IndexEntry {
  const created = BEGAN_NS + BigInt(minute) * MINUTE_NS;
  return entry(`index_20777/${tenant}/${created}-compactor-1795168800000-1795170299000-8e64afbc.tsdb.gz`, kept);
}

/** What an ingester uploaded of all tenants. */
function uploaded(minute: number, kept: Kept): IndexEntry {
  const created = (BEGAN_NS + BigInt(minute) * MINUTE_NS) / 1_000_000_000n;
  return entry(`index_20777/${created}-ingester-1-${BEGAN_NS}.tsdb.gz`, kept);
}

function entry(path: string, { now, source, older = [] }: Kept): IndexEntry {
  const index = parseIndexKey(path);
  if (index?.kind !== "compacted" && index?.kind !== "uploaded") throw new Error(`${path} is no index`);
  const version = (state: "whole" | "broken", at: string): SourceVersion => ({
    versionId: `${at} ${state}`,
    etag: at,
    sizeBytes: 1,
    modifiedMs: 1,
  });
  return {
    index,
    state: {
      key: path,
      current: now === undefined ? null : version(now, "now"),
      isMarked: false,
      wanted: source === undefined ? null : version(source, now === source ? "now" : "then"),
      others: older.map((state, at) => version(state, `older-${at}`)),
    },
  };
}

/** Reads what a version's id says; every uploaded file names `acme` and `globex`. */
const reader: TableReader = {
  current: async ({ state }) => verdict(state.current),
  source: async (_entry, version) => verdict(version),
  isTenantInScope: () => true,
  isTarget: () => true,
};

function verdict(version: SourceVersion | null) {
  const isWhole = version?.versionId?.endsWith(" whole") === true;
  return { isWhole, problem: isWhole ? null : "toc-checksum", tenants: isWhole ? ["acme", "globex"] : [], chunks: 1 };
}

async function restored(...entries: readonly IndexEntry[]): Promise<readonly string[]> {
  const plan = await planTable(entries, reader);
  return plan.restored.map((each) => `${each.entry.state.key} ${each.version.etag}`);
}

describe("index files of a table", () => {
  it("stay as they are where they are whole, whatever the source had before", async () => {
    const before = compacted("acme", 0, { source: "whole" });
    const compactedSince = compacted("acme", 10, { now: "whole" });
    expect(await restored(before, compactedSince)).toEqual([]);
    const plan = await planTable([before, compactedSince], reader);
    expect(plan).toMatchObject({ sound: 1, missing: 0, damaged: 0, replaced: 1, lost: [], stays: [] });
  });

  it("are replaced by their own newest whole version where they are damaged", async () => {
    const damaged = compacted("acme", 10, { now: "broken", source: "broken", older: ["broken", "whole"] });
    expect(await restored(compacted("acme", 0, { source: "whole" }), damaged)).toEqual([
      `${damaged.state.key} older-1`,
    ]);
  });

  it("come back as the source had them where the tenant has none left: the newest that is whole", async () => {
    const newest = compacted("acme", 20, { source: "broken" });
    const whole = compacted("acme", 10, { source: "whole" });
    const older = compacted("acme", 0, { source: "whole" });
    expect(await restored(older, whole, newest)).toEqual([`${whole.state.key} then`]);
    const plan = await planTable([older, whole, newest], reader);
    expect(plan).toMatchObject({ missing: 2, replaced: 1 });
    expect(plan.lost).toEqual([newest]);
  });

  it("that ingesters uploaded come back, unless each tenant was compacted since", async () => {
    const upload = uploaded(5, { source: "whole" });
    expect(await restored(upload)).toEqual([`${upload.state.key} then`]);
    const acme = compacted("acme", 10, { now: "whole" });
    const globex = compacted("globex", 10, { now: "whole" });
    expect(await restored(upload, acme)).toEqual([`${upload.state.key} then`]);
    expect(await restored(upload, acme, globex)).toEqual([]);
  });

  it("that ingesters uploaded come back where the source had them beside the compacted ones: nobody has compacted since", async () => {
    const upload = uploaded(5, { source: "whole" });
    const acme = compacted("acme", 10, { now: "whole", source: "whole" });
    const globex = compacted("globex", 10, { now: "whole", source: "whole" });
    expect(await restored(upload, acme, globex)).toEqual([`${upload.state.key} then`]);
  });

  it("are stood in for by an older one that was replaced, with what was uploaded after it", async () => {
    const lost = compacted("acme", 60, { now: "broken", source: "broken" });
    const replaced = compacted("acme", 30, { older: ["whole"] });
    const oldest = compacted("acme", 0, { older: ["whole"] });
    const after = uploaded(40, { older: ["whole"] });
    const longBefore = uploaded(-60, { older: ["whole"] });
    expect(await restored(oldest, replaced, lost, after, longBefore)).toEqual([
      `${replaced.state.key} older-0`,
      `${after.state.key} older-0`,
    ]);
    const plan = await planTable([oldest, replaced, lost, after, longBefore], reader);
    expect(plan.stays).toEqual([lost]);
  });
});

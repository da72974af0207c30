import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListVersionsRequest, ObjectStore, ObjectVersion } from "../../../src-main/core/storage/object-store.ts";
import type { KeyState } from "../../../src-main/core/storage/restore/plan/key-state.ts";
import { storeStates, versionStates } from "../../../src-main/core/storage/restore/plan/walk-listings.ts";

const never = new AbortController().signal;

interface Written {
  readonly key: string;
  readonly atMs: number;
  readonly isDeleteMarker: boolean;
}

/** What was written, in the order of writing; a later write of the same time is the newer one. */
const writes = fc.array(
  fc.record({
    key: fc.constantFrom("a", "a/b", "a/c", "b", "\u{ff5e}", "\u{1f600}", "é"),
    atMs: fc.integer({ min: 0, max: 6 }),
    isDeleteMarker: fc.boolean(),
  }),
  { maxLength: 40 },
);

/** As a bucket lists them: keys by their bytes, the newest write of each first. */
function listed(history: readonly Written[]): readonly ObjectVersion[] {
  const byKey = Map.groupBy(
    history.map((write, at) => ({ ...write, at })),
    ({ key }) => key,
  );
  return [...byKey]
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .flatMap(([, own]) =>
      own
        .toSorted((a, b) => b.atMs - a.atMs || b.at - a.at)
        .map(({ key, atMs, isDeleteMarker, at }, place) => ({
          key,
          sizeBytes: isDeleteMarker ? 0 : at + 1,
          etag: isDeleteMarker ? "" : `e${at}`,
          modifiedMs: atMs,
          versionId: `v${at}`,
          isLatest: place === 0,
          isDeleteMarker,
        })),
    );
}

/** A bucket that gives its versions in pages of a size. */
function bucketOf(versions: readonly ObjectVersion[], pageSize: number): ObjectStore {
  const store: Pick<ObjectStore, "title" | "listVersions"> = {
    title: "s3://paged",
    listVersions: async ({ prefix, token }: ListVersionsRequest) => {
      const own = versions.filter(({ key }) => key.startsWith(prefix));
      const from = Number(token ?? 0);
      const page = own.slice(from, from + pageSize);
      const nextToken = from + pageSize < own.length ? String(from + pageSize) : null;
      return { versions: page, prefixes: [], nextToken };
    },
  };
  // Nothing else of it is asked.
  return store as ObjectStore;
}

/** What stood under a key at an instant, by replaying what was written until then. */
function replayed(history: readonly Written[], key: string, asOfMs: number): string | null {
  let standing: string | null = null;
  const own = history
    .map((write, at) => ({ ...write, at }))
    .filter((write) => write.key === key && write.atMs <= asOfMs)
    .toSorted((a, b) => a.atMs - b.atMs || a.at - b.at);
  for (const { isDeleteMarker, at } of own) standing = isDeleteMarker ? null : `v${at}`;
  return standing;
}

async function statesOf(store: ObjectStore, asOfMs: number): Promise<readonly KeyState[]> {
  const all: KeyState[] = [];
  for await (const { states } of versionStates(store, [""], asOfMs, never)) all.push(...states);
  return all;
}

describe("a key as of an instant", () => {
  it("is what a replay of its writes leaves there, however the listing is cut into pages", async () => {
    await fc.assert(
      fc.asyncProperty(
        writes,
        fc.integer({ min: -1, max: 7 }),
        fc.integer({ min: 1, max: 5 }),
        async (history, asOfMs, size) => {
          const states = await statesOf(bucketOf(listed(history), size), asOfMs);
          expect(states.map(({ key }) => key)).toEqual([...new Set(listed(history).map(({ key }) => key))]);
          for (const { key, wanted, current, isMarked } of states) {
            expect(wanted?.versionId ?? null).toBe(replayed(history, key, asOfMs));
            expect(current?.versionId ?? null).toBe(replayed(history, key, Number.POSITIVE_INFINITY));
            expect(isMarked).toBe(current === null);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("can still be had from every other version of the key, older ones first", async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.integer({ min: -1, max: 7 }), async (history, asOfMs) => {
        for (const { key, wanted, others } of await statesOf(bucketOf(listed(history), 3), asOfMs)) {
          const objects = listed(history).filter((version) => version.key === key && !version.isDeleteMarker);
          const rest = objects.filter(({ versionId }) => versionId !== wanted?.versionId);
          const older = rest.filter(({ modifiedMs }) => modifiedMs <= asOfMs);
          const newer = rest.filter(({ modifiedMs }) => modifiedMs > asOfMs);
          expect(others.map(({ versionId }) => versionId)).toEqual(
            [...older, ...newer].slice(0, 20).map(({ versionId }) => versionId),
          );
        }
      }),
    );
  });
});

describe("a walk over listings", () => {
  it("ends where a page leads back to one before, instead of going round", async () => {
    const versions = listed([{ key: "a", atMs: 1, isDeleteMarker: false }]);
    const round = { title: "s3://round", listVersions: async () => ({ versions, prefixes: [], nextToken: "again" }) };
    await expect(statesOf(round as unknown as ObjectStore, 1)).rejects.toMatchObject({
      code: "storage.listing-broken",
    });
  });

  it("ends where keys come out of order: what is missing could not be told", async () => {
    const [a, b] = listed(["a", "b"].map((key) => ({ key, atMs: 1, isDeleteMarker: false })));
    const store = {
      title: "s3://odd",
      listVersions: async () => ({ versions: [b, a], prefixes: [], nextToken: null }),
    };
    await expect(statesOf(store as unknown as ObjectStore, 1)).rejects.toMatchObject({
      code: "storage.listing-broken",
    });
  });

  it("pairs two listings key by key, whatever the pages of either", async () => {
    const keys: fc.Arbitrary<readonly string[]> = fc.uniqueArray(
      fc.constantFrom("a", "a/b", "b", "c", "\u{ff5e}", "\u{1f600}"),
    );
    await fc.assert(
      fc.asyncProperty(keys, keys, fc.integer({ min: 1, max: 3 }), async (mine, theirs, size) => {
        const sorted = (all: readonly string[]) =>
          all.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
        const storeOf = (all: readonly string[], pageSize: number) =>
          ({
            title: "s3://listed",
            list: async ({ token }: { readonly token?: string }) => {
              const from = Number(token ?? 0);
              const objects = sorted(all)
                .slice(from, from + pageSize)
                .map((key) => ({ key, sizeBytes: 1, etag: "e", modifiedMs: 1, versionId: null }));
              return {
                objects,
                prefixes: [],
                nextToken: from + pageSize < all.length ? String(from + pageSize) : null,
              };
            },
          }) as unknown as ObjectStore;
        const all: KeyState[] = [];
        for await (const { states } of storeStates(storeOf(mine, size), storeOf(theirs, 2), [""], never)) {
          all.push(...states);
        }
        expect(all.map(({ key, current, wanted }) => [key, current !== null, wanted !== null])).toEqual(
          sorted([...new Set([...mine, ...theirs])]).map((key) => [key, mine.includes(key), theirs.includes(key)]),
        );
      }),
    );
  });
});

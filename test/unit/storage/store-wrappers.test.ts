import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketIndex } from "../../../src-main/core/storage/bucket-index.ts";
import { fromDelimited, toDelimited } from "../../../src-main/core/storage/chunk-delimiter.ts";
import { CredentialCache } from "../../../src-main/core/storage/credential-cache.ts";
import { FolderObjectStore } from "../../../src-main/core/storage/folder-object-store.ts";
import { guardedListing } from "../../../src-main/core/storage/guarded-listing.ts";
import { compareKeys } from "../../../src-main/core/storage/key-order.ts";
import { MergedListing, type MergeEntry } from "../../../src-main/core/storage/merged-listing.ts";
import type { ListRequest, ObjectInfo, ObjectPage } from "../../../src-main/core/storage/object-store.ts";
import { wrappedStore } from "../../../src-main/core/storage/wrapped-store.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;

describe("keys", () => {
  it("are in the order of their UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(compareKeys("\u{ff5e}", "\u{1f600}")).toBeLessThan(0);
  });

  it("go to the bucket that FNV-1a chooses", () => {
    // Of the published vectors: "" is 811c9dc5, "a" e40c292c, "foobar" bf9cf968.
    expect(bucketIndex("", 2 ** 32)).toBe(0x81_1c_9d_c5);
    expect(bucketIndex("a", 2 ** 32)).toBe(0xe4_0c_29_2c);
    expect(bucketIndex("foobar", 2 ** 32)).toBe(0xbf_9c_f9_68);
  });

  it("have their colons back after a delimiter stood for them, and tenants keep theirs", () => {
    const hex = fc.stringMatching(/^[0-9a-f]{1,16}$/);
    const tenant = fc.stringMatching(/^[A-Za-z0-9._-]{1,10}$/);
    fc.assert(
      fc.property(
        tenant,
        hex,
        fc.array(hex, { minLength: 3, maxLength: 4 }),
        fc.constantFrom("-", "_", "+", "!"),
        (name, fingerprint, parts, delimiter) => {
          const key = `${name}/${fingerprint}/${parts.join(":")}`;
          expect(toDelimited(key, delimiter)).not.toContain(":");
          expect(fromDelimited(toDelimited(key, delimiter), delimiter)).toBe(key);
        },
      ),
    );
    for (const key of ["index/index_20000/1-2-3.tsdb.gz", "a-b/c", "loki_cluster_seed.json", "tenant/fp/a-b"]) {
      expect(fromDelimited(key, "-")).toBe(key);
    }
  });
});

describe("a guarded listing", () => {
  const info = (key: string): ObjectInfo => ({ key, sizeBytes: 1, etag: "e", modifiedMs: 0, versionId: null });
  const page = (
    keys: readonly string[],
    nextToken: string | null = null,
    prefixes: readonly string[] = [],
  ): ObjectPage => ({
    objects: keys.map(info),
    prefixes,
    nextToken,
  });

  function guarded(pages: Readonly<Record<string, ObjectPage>>) {
    using directory = temporaryDirectory();
    const list = async ({ token = "" }: ListRequest) => pages[token] ?? page([]);
    return guardedListing(wrappedStore(new FolderObjectStore(directory.path), { list }));
  }

  async function all(
    store: ReturnType<typeof guarded>,
    request: ListRequest = { prefix: "" },
  ): Promise<readonly string[]> {
    const keys: string[] = [];
    for (let token: string | null = null, pages = 0; pages < 5_000; pages++) {
      const answer: ObjectPage = await store.list(token === null ? request : { ...request, token }, never);
      keys.push(...answer.objects.map(({ key }) => key));
      token = answer.nextToken;
      if (token === null) return keys;
    }
    throw new Error("it never ends");
  }

  it("lets pass what goes forward, with empty pages between", async () => {
    const pages = { "": page(["a", "b"], "1"), "1": page([], "2"), "2": page(["c"], "3", ["d/"]), "3": page(["e"]) };
    expect(await all(guarded(pages))).toEqual(["a", "b", "c", "e"]);
    // Asked again from its beginning, or from a token of another process, it is another listing.
    const store = guarded(pages);
    expect(await store.list({ prefix: "", token: "3" }, never)).toMatchObject({ nextToken: null });
    expect(await all(store)).toEqual(await all(store));
  });

  it.each<[string, Readonly<Record<string, ObjectPage>>, ListRequest?]>([
    ["a key twice in a page", { "": page(["a", "a"]) }],
    ["keys out of order", { "": page(["b", "a"]) }],
    ["the page before, again", { "": page(["a", "b"], "1"), "1": page(["a", "b"], "2") }],
    ["the last key of the page before", { "": page(["a", "b"], "1"), "1": page(["b", "c"]) }],
    ["what lies behind an empty page", { "": page(["a", "b"], "1"), "1": page([], "2"), "2": page(["a"]) }],
    ["a page that leads to itself", { "": page(["a"], "1"), "1": page(["b"], "1") }],
    ["empty pages in a circle", { "": page([], "1"), "1": page([], "2"), "2": page([], "1") }],
    ["a common prefix twice", { "": page([], "1", ["a/"]), "1": page([], null, ["a/"]) }],
    ["a key below where it begins", { "": page(["a"]) }, { prefix: "", startAfter: "b" }],
    ["keys that were not asked for", { "": page(["x/1"]) }, { prefix: "y/" }],
  ])("does not believe %s", async (_what, pages, request) => {
    await expect(all(guarded(pages), request)).rejects.toMatchObject({ code: "storage.listing-broken" });
  });
});

describe("listings of several buckets", () => {
  /** Pages of one bucket; its tokens are positions, as good for another process. */
  const fetcher =
    (buckets: readonly (readonly string[])[], pageKeys: number, fetched: string[]) =>
    async (bucket: number, token: string | null) => {
      fetched.push(`${bucket}:${token}`);
      const start = token === null ? 0 : Number(token);
      const keys = buckets[bucket]?.slice(start, start + pageKeys) ?? [];
      const next = start + pageKeys;
      const entries = keys.map((key): MergeEntry<string> => ({ order: key, id: key, value: key }));
      return { entries, nextToken: next < (buckets[bucket]?.length ?? 0) ? String(next) : null };
    };

  const split = fc.array(fc.tuple(fc.stringMatching(/^[a-d]{1,4}$/), fc.nat(2)), { maxLength: 40 }).map((pairs) =>
    [0, 1, 2].map((bucket) =>
      [...new Map(pairs)]
        .filter(([, own]) => own === bucket)
        .map(([key]) => key)
        .sort(),
    ),
  );

  it("are one listing in order, page by page, in one process or in many", async () => {
    await fc.assert(
      fc.asyncProperty(
        split,
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (buckets, pageKeys, maxKeys, anew) => {
          const fetched: string[] = [];
          const fetch = fetcher(buckets, pageKeys, fetched);
          let listing = new MergedListing<string>("s3://a,b,c", 3);
          const keys: string[] = [];
          for (let token: string | undefined, pages = 0; ; pages++) {
            if (anew) listing = new MergedListing<string>("s3://a,b,c", 3);
            const page = await listing.page({ name: "", maxKeys, token, fetch });
            keys.push(...page.entries.map(({ value }) => value));
            expect(page.entries.length).toBeLessThanOrEqual(maxKeys);
            expect(pages).toBeLessThan(60);
            if (page.nextToken === null) break;
            token = page.nextToken;
          }
          expect(keys).toEqual(buckets.flat().sort());
          // What one process has at hand is not asked for twice.
          if (!anew) expect(new Set(fetched).size).toBe(fetched.length);
        },
      ),
    );
  });

  it("refuse a token that is none of theirs", async () => {
    const listing = new MergedListing<string>("s3://a,b", 2);
    const fetch = fetcher([[], []], 1, []);
    for (const token of ["", "x", Buffer.from("[]").toString("base64url"), Buffer.from("{").toString("base64url")]) {
      await expect(listing.page({ name: "", maxKeys: 1, token, fetch })).rejects.toMatchObject({
        code: "storage.refused",
      });
    }
  });
});

describe("credentials", () => {
  it("are asked for once while they hold, again before they end, and again when refused, but not for each refusal", async () => {
    const clock = new ManualClock();
    let asked = 0;
    const cache = new CredentialCache({
      clock,
      credentials: async () => {
        asked += 1;
        const expiration = asked === 1 ? { expiration: new Date(clock.nowMs() + 3_600_000) } : {};
        return { accessKeyId: `id-${asked}`, secretAccessKey: "s", ...expiration };
      },
    });
    expect([(await cache.get()).accessKeyId, (await cache.get()).accessKeyId]).toEqual(["id-1", "id-1"]);
    await clock.advance(56 * 60_000);
    expect((await cache.get()).accessKeyId).toBe("id-2");
    const { generation } = cache;
    await clock.advance(10_000);
    // Requests that were sent together are refused together.
    expect(cache.refused(generation)).toBe(true);
    expect((await cache.get()).accessKeyId).toBe("id-3");
    expect(cache.refused(generation)).toBe(true);
    expect((await cache.get()).accessKeyId).toBe("id-3");
    expect(cache.refused(cache.generation)).toBe(false);
    expect(asked).toBe(3);
  });

  it("that could not be had are asked for again by the next request", async () => {
    let tries = 0;
    const cache = new CredentialCache({
      clock: new ManualClock(),
      credentials: async () => {
        tries += 1;
        if (tries === 1) throw new Error("away");
        return { accessKeyId: "id", secretAccessKey: "s" };
      },
    });
    await expect(cache.get()).rejects.toThrow("away");
    expect((await cache.get()).accessKeyId).toBe("id");
  });
});

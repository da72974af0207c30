import { LRUCache } from "lru-cache";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { compareKeys } from "./key-order.ts";

/** An entry of one bucket's listing, with what it is sorted by. */
export interface MergeEntry<Value> {
  /** A key, or a common prefix. */
  readonly order: string;
  /** Tells entries of one order apart; common prefixes of several buckets have the same. */
  readonly id: string;
  readonly value: Value;
}

export interface BucketPage<Value> {
  readonly entries: readonly MergeEntry<Value>[];
  readonly nextToken: string | null;
}

export interface MergeRequest<Value> {
  /** Tells listings apart that ask for other things. */
  readonly name: string;
  readonly maxKeys: number;
  /** One that came with a page of this listing. */
  readonly token: string | undefined;
  readonly fetch: (bucket: number, token: string | null) => Promise<BucketPage<Value>>;
}

/** Where a bucket's listing stands: the page that the next entry is in, and the entry before it. */
const placeSchema = z.object({
  page: z.string().nullable(),
  after: z.tuple([z.string(), z.string()]).nullable(),
  ended: z.boolean(),
});
type Place = z.output<typeof placeSchema>;

/** Pages of which a part is left are kept for whoever asks for the next one, not for who lists again later. */
const KEPT_MS = 60_000;

/** The sorted listings of several buckets as one. Its tokens hold all there is to know, so another process goes on with them. */
export class MergedListing<Value> {
  readonly #store: string;
  readonly #buckets: number;
  readonly #kept: LRUCache<string, BucketPage<Value>>;

  constructor(store: string, buckets: number) {
    this.#store = store;
    this.#buckets = buckets;
    this.#kept = new LRUCache({ max: buckets * 4, ttl: KEPT_MS });
  }

  /** Throws `storage.refused` for a token that is none of ours, and rejects as `fetch` does. */
  async page(request: MergeRequest<Value>): Promise<BucketPage<Value>> {
    const { maxKeys, token } = request;
    const places = token === undefined ? this.#beginning() : this.#places(token);
    const lanes = await Promise.all(places.map((place, bucket) => this.#lane(request, bucket, place)));
    const entries: MergeEntry<Value>[] = [];
    for (let next = first(lanes); next !== null && entries.length < maxKeys; next = first(lanes)) {
      entries.push(next);
      for (const lane of lanes) {
        // oxlint-disable-next-line no-await-in-loop -- what comes next depends on it
        if (lane.head()?.id === next.id) await lane.advance();
      }
    }
    if (first(lanes) === null) return { entries, nextToken: null };
    for (const lane of lanes) if (lane.page !== null) this.#kept.set(this.#name(request, lane), lane.page);
    const left = lanes.map((lane): Place => lane.place());
    return { entries, nextToken: Buffer.from(JSON.stringify(left)).toString("base64url") };
  }

  async #lane(request: MergeRequest<Value>, bucket: number, place: Place): Promise<Lane<Value>> {
    const lane = new Lane(bucket, place, async (token) => {
      const name = this.#name(request, { bucket, token });
      const kept = request.token === undefined ? undefined : this.#kept.get(name);
      this.#kept.delete(name);
      return kept ?? (await request.fetch(bucket, token));
    });
    await lane.begin();
    return lane;
  }

  #name({ name }: MergeRequest<Value>, { bucket, token }: { readonly bucket: number; readonly token: string | null }) {
    return JSON.stringify([name, bucket, token]);
  }

  #beginning(): readonly Place[] {
    return Array.from({ length: this.#buckets }, () => ({ page: null, after: null, ended: false }));
  }

  #places(token: string): readonly Place[] {
    try {
      const parsed: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
      return z.array(placeSchema).length(this.#buckets).parse(parsed);
    } catch {
      throw new AppError("storage.refused", { store: this.#store, problem: "this token is not of this listing" });
    }
  }
}

/** One bucket's listing as it is merged: a page at hand, and how far it has been told. */
class Lane<Value> {
  readonly bucket: number;
  readonly #fetch: (token: string | null) => Promise<BucketPage<Value>>;
  page: BucketPage<Value> | null = null;
  token: string | null;
  #after: Place["after"];
  #ended: boolean;
  #at = 0;

  constructor(bucket: number, place: Place, fetch: (token: string | null) => Promise<BucketPage<Value>>) {
    this.bucket = bucket;
    this.#fetch = fetch;
    this.token = place.page;
    this.#after = place.after;
    this.#ended = place.ended;
  }

  head(): MergeEntry<Value> | null {
    return this.page?.entries[this.#at] ?? null;
  }

  place(): Place {
    return { page: this.token, after: this.#after, ended: this.#ended };
  }

  async begin(): Promise<void> {
    if (this.#ended) return;
    this.page = await this.#fetch(this.token);
    if (this.#after !== null) this.#at = placeBehind(this.page.entries, this.#after);
    await this.#fill();
  }

  async advance(): Promise<void> {
    const told = this.head();
    if (told !== null) this.#after = [told.order, told.id];
    this.#at += 1;
    await this.#fill();
  }

  /** Goes on to the next page that has something, or to the end. */
  async #fill(): Promise<void> {
    while (this.page !== null && this.#at >= this.page.entries.length) {
      const { nextToken } = this.page;
      this.#at = 0;
      this.#after = null;
      if (nextToken === null) {
        this.#ended = true;
        this.page = null;
        return;
      }
      this.token = nextToken;
      // oxlint-disable-next-line no-await-in-loop -- a page names the next one
      this.page = await this.#fetch(nextToken);
    }
  }
}

/** The entry that was told last may be gone by now. */
function placeBehind<Value>(entries: readonly MergeEntry<Value>[], [order, id]: readonly [string, string]): number {
  const same = entries.findIndex((entry) => entry.id === id);
  if (same >= 0) return same + 1;
  const next = entries.findIndex((entry) => compareKeys(entry.order, order) > 0);
  return next < 0 ? entries.length : next;
}

function first<Value>(lanes: readonly Lane<Value>[]): MergeEntry<Value> | null {
  let least: MergeEntry<Value> | null = null;
  for (const lane of lanes) {
    const head = lane.head();
    if (head !== null && (least === null || compareKeys(head.order, least.order) < 0)) least = head;
  }
  return least;
}

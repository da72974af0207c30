import { AppError } from "../../../../../src-shared/errors/app-error.ts";
import { compareKeys } from "../../folder-listing.ts";
import type { ObjectInfo, ObjectStore, ObjectVersion } from "../../object-store.ts";
import { KeyHistory, pairedState, type KeyState } from "./key-state.ts";

/** A store may answer pages with nothing in them, but not for ever. */
const MOST_EMPTY_PAGES = 100;
const STATES_AT_ONCE = 1_000;

interface ListingPage<Listed> {
  readonly items: readonly Listed[];
  readonly nextToken: string | null;
}

/** All that one listing gives, page by page, in order; what a page repeats of the one before is left out. */
async function* orderedPages<Listed extends { readonly key: string }>(
  store: Pick<ObjectStore, "title">,
  mayRepeat: boolean,
  next: (token: string | null) => Promise<ListingPage<Listed>>,
): AsyncGenerator<readonly Listed[]> {
  let token: string | null = null;
  let last = "";
  let empty = 0;
  do {
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const page = await next(token);
    const items: Listed[] = [];
    for (const item of page.items) {
      const order = item.key === last ? 0 : last === "" ? 1 : compareKeys(item.key, last);
      if (order < 0) throw broken(store, `${item.key.slice(0, 200)} comes after ${last.slice(0, 200)}`);
      if (order === 0 && !mayRepeat) continue;
      last = item.key;
      items.push(item);
    }
    empty = items.length === 0 ? empty + 1 : 0;
    if (page.nextToken !== null && (page.nextToken === token || empty > MOST_EMPTY_PAGES)) {
      throw broken(store, "a page leads back to itself");
    }
    yield items;
    token = page.nextToken;
  } while (token !== null);
}

function broken(store: Pick<ObjectStore, "title">, problem: string): AppError {
  return new AppError("storage.listing-broken", { store: store.title, problem });
}

/**
 * Every key that a bucket has or had, as it was at an instant, batch by batch; versions of one key may come on several pages.
 * Rejects with `storage.listing-broken`, `storage.unsupported` where the store keeps no versions, and what the listing rejects with.
 */
export async function* versionStates(
  store: ObjectStore,
  prefixes: readonly string[],
  asOfMs: number,
  signal: AbortSignal,
): AsyncGenerator<{ readonly states: readonly KeyState[]; readonly listed: number }> {
  for (const prefix of prefixes) {
    let history: KeyHistory | null = null;
    const pages = orderedPages<ObjectVersion>(store, true, async (token) => {
      const { versions, nextToken } = await store.listVersions(token === null ? { prefix } : { prefix, token }, signal);
      return { items: versions, nextToken };
    });
    // oxlint-disable-next-line no-await-in-loop -- prefixes are listed in order
    for await (const page of pages) {
      const states: KeyState[] = [];
      for (const version of page) {
        if (history?.key !== version.key) {
          if (history !== null) states.push(history.state());
          history = new KeyHistory(version.key, asOfMs);
        }
        history.take(version);
      }
      yield { states, listed: page.length };
    }
    if (history !== null) yield { states: [history.state()], listed: 0 };
  }
}

async function* objectPages(
  store: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<readonly ObjectInfo[]> {
  yield* orderedPages<ObjectInfo>(store, false, async (token) => {
    const { objects, nextToken } = await store.list(token === null ? { prefix } : { prefix, token }, signal);
    return { items: objects, nextToken };
  });
}

/** One object after the other of a listing; the next page is asked for when the last one is used up. */
class ListingCursor {
  readonly #pages: AsyncGenerator<readonly ObjectInfo[]>;
  #page: readonly ObjectInfo[] = [];
  #at = 0;
  #ended = false;
  listed = 0;

  constructor(pages: AsyncGenerator<readonly ObjectInfo[]>) {
    this.#pages = pages;
  }

  /** The object that comes next, which is not taken by asking; `undefined` where a page is to be asked for first. */
  get head(): ObjectInfo | undefined {
    return this.#page[this.#at];
  }

  get isAtEnd(): boolean {
    return this.#ended && this.head === undefined;
  }

  step(): void {
    this.#at += 1;
    this.listed += 1;
  }

  async fill(): Promise<void> {
    while (this.head === undefined && !this.#ended) {
      // oxlint-disable-next-line no-await-in-loop -- pages may be empty
      const next = await this.#pages.next();
      this.#at = 0;
      this.#page = next.done === true ? [] : next.value;
      this.#ended = next.done === true;
    }
  }
}

/**
 * Every key of a bucket or of another store that is as it should be, in order, batch by batch. Rejects with
 * `storage.listing-broken` and what the listings reject with.
 */
export async function* storeStates(
  bucket: ObjectStore,
  source: ObjectStore,
  prefixes: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly states: readonly KeyState[]; readonly listed: number }> {
  for (const prefix of prefixes) {
    const mine = new ListingCursor(objectPages(bucket, prefix, signal));
    const theirs = new ListingCursor(objectPages(source, prefix, signal));
    let told = 0;
    for (let states: KeyState[] = []; ; states = []) {
      while (states.length < STATES_AT_ONCE) {
        // oxlint-disable-next-line no-await-in-loop -- a page of each side at a time
        if (mine.head === undefined || theirs.head === undefined) await Promise.all([mine.fill(), theirs.fill()]);
        const { head: current } = mine;
        const { head: wanted } = theirs;
        if (current === undefined && wanted === undefined) break;
        const order = orderOf(current, wanted);
        const key = (order <= 0 ? current : wanted)?.key ?? "";
        states.push(pairedState(key, order <= 0 ? (current ?? null) : null, order >= 0 ? (wanted ?? null) : null));
        if (order <= 0) mine.step();
        if (order >= 0) theirs.step();
      }
      const listed = mine.listed + theirs.listed;
      yield { states, listed: listed - told };
      told = listed;
      if (mine.isAtEnd && theirs.isAtEnd) break;
    }
  }
}

function orderOf(current: ObjectInfo | undefined, wanted: ObjectInfo | undefined): number {
  if (current === undefined) return 1;
  if (wanted === undefined) return -1;
  return current.key === wanted.key ? 0 : compareKeys(current.key, wanted.key);
}

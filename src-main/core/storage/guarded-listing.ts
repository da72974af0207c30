import { LRUCache } from "lru-cache";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { compareKeys } from "./key-order.ts";
import type { ObjectPage, ObjectStore, VersionPage } from "./object-store.ts";
import { wrappedStore } from "./wrapped-store.ts";

/** A store may filter pages to nothing, but not for ever. */
const MAX_EMPTY_PAGES = 1_000;
/** Listings under way at the same time, and a few pages of each. */
const KEPT_TOKENS = 4_096;

/** What was told when a token was given. */
interface Told {
  readonly last: string;
  readonly emptyPages: number;
}

type Request = { readonly prefix: string; readonly token?: string; readonly startAfter?: string };
type Problem = (problem: string) => AppError;

/**
 * A store whose listings are believed only while they go forward: keys above the page before, under the prefix, in order, each once, and no
 * page that leads back to itself. Everything else is `storage.listing-broken`, since what is missing then cannot be told. What
 * a token of an earlier process stands for is not known, so its page is checked in itself.
 */
export function guardedListing(store: ObjectStore): ObjectStore {
  const objects = new ListingGuard(store.title);
  const versions = new ListingGuard(store.title);
  return wrappedStore(store, {
    list: async (request, signal) => {
      const page: ObjectPage = await store.list(request, signal);
      const keys = page.objects.map(({ key }) => key);
      objects.check(request, { keys, prefixes: page.prefixes, nextToken: page.nextToken, ids: keys });
      return page;
    },
    listVersions: async (request, signal) => {
      const page: VersionPage = await store.listVersions(request, signal);
      const keys = page.versions.map(({ key }) => key);
      const ids = page.versions.map(({ key, versionId }) => `${key}\u0000${versionId}`);
      versions.check(request, { keys, prefixes: page.prefixes, nextToken: page.nextToken, ids });
      return page;
    },
  });
}

interface SeenPage {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  readonly nextToken: string | null;
  /** Differ within a page. */
  readonly ids: readonly string[];
}

class ListingGuard {
  readonly #told = new LRUCache<string, Told>({ max: KEPT_TOKENS });
  readonly #broken: Problem;

  constructor(store: string) {
    this.#broken = (problem) => new AppError("storage.listing-broken", { store, problem });
  }

  check(request: Request, page: SeenPage): void {
    const { prefix, token, startAfter } = request;
    const name = (of: string) => JSON.stringify([prefix, of]);
    const before = token === undefined ? undefined : this.#told.get(name(token));
    const versions = page.ids !== page.keys;
    if (new Set(page.ids).size !== page.ids.length) throw this.#broken("a page tells an object twice");
    this.#inOrder(page.keys, versions);
    this.#inOrder(page.prefixes, false);
    const outside = [...page.keys, ...page.prefixes].find((key) => !key.startsWith(prefix));
    if (outside !== undefined) throw this.#broken(`a key that does not begin with ${prefix.slice(0, 100)}`);
    if (before !== undefined) this.#forward(page, before.last, versions);
    else if (token === undefined && startAfter !== undefined) this.#behind(page, startAfter);
    if (page.nextToken === null) return;
    if (page.nextToken === token) throw this.#broken("a page leads to itself");
    const last = greatest(page.keys.at(-1), page.prefixes.at(-1));
    const emptyPages = last === undefined ? (before?.emptyPages ?? 0) + 1 : 0;
    if (emptyPages > MAX_EMPTY_PAGES) throw this.#broken("page after page without a key");
    const told = last ?? before?.last;
    if (told !== undefined) this.#told.set(name(page.nextToken), { last: told, emptyPages });
    else this.#told.set(name(page.nextToken), { last: "", emptyPages });
  }

  #inOrder(keys: readonly string[], mayRepeat: boolean): void {
    for (let at = 1; at < keys.length; at++) {
      const [before = "", key = ""] = [keys[at - 1], keys[at]];
      // Almost all keys of a bucket are ASCII, where both orders are the same.
      const order = key === before ? 0 : compareKeys(key, before);
      if (order < 0) throw this.#broken("keys are out of order");
      if (order === 0 && !mayRepeat) throw this.#broken("a key comes twice");
    }
  }

  #forward({ keys: [key], prefixes: [group] }: SeenPage, last: string, versions: boolean): void {
    if (last === "") return;
    const keyOrder = key === undefined ? 1 : compareKeys(key, last);
    const groupOrder = group === undefined ? 1 : compareKeys(group, last);
    if (Math.min(keyOrder, groupOrder) < 0) throw this.#broken("a page goes back behind the one before");
    // Versions of one key may go on over pages.
    if ((keyOrder === 0 && !versions) || groupOrder === 0) throw this.#broken("a page repeats the one before");
  }

  /** A common prefix may hold keys above where the listing begins, and others below. */
  #behind({ keys: [key], prefixes: [group] }: SeenPage, start: string): void {
    const goesBack = key !== undefined && compareKeys(key, start) <= 0;
    const groupGoesBack = group !== undefined && compareKeys(group, start) < 0 && !start.startsWith(group);
    if (goesBack || groupGoesBack) throw this.#broken("a page goes back behind its beginning");
  }
}

function greatest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareKeys(a, b) > 0 ? a : b;
}

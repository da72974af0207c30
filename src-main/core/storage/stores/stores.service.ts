import { randomBytes } from "node:crypto";
import { isAbsolute, normalize } from "node:path";
import type { z } from "zod";
import type { storageApi } from "../../../../src-shared/api/storage.api.ts";
import { AppError, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import { CONSOLE_PREFIX } from "../../../../src-shared/model/storage/quarantine.ts";
import {
  storeIdSchema,
  type Store,
  type StoreCheck,
  type StoreConfig,
  type StoreId,
} from "../../../../src-shared/model/storage/store.ts";
import type { Clock } from "../../common/clock.ts";
import type { Announcer } from "../../common/topics.ts";
import { FolderObjectStore } from "../folder-object-store.ts";
import type { StoresDesk } from "../storage-desks.ts";
import { checkStore } from "./check-store.ts";
import { discoveryProblem } from "./discovery-problem.ts";
import type { KeptStores } from "./kept-stores.store.ts";
import { openBuckets } from "./open-buckets.ts";
import type { OpenedStore, StoreOpener } from "./opened-store.ts";
import type { BucketRequests, SiteStore, SiteStores } from "./site-stores.ts";
import { siteOfStoreId, siteStoreId } from "./site-store-id.ts";
import { placeTitle } from "./store-title.ts";

/** A store that is checked before it is kept has no id yet. */
const CHECKED = storeIdSchema.parse("checked");

type S3StorePlace = Extract<StoreConfig["place"], { kind: "s3" }>;

export interface StoresParts {
  readonly kept: KeptStores;
  /** Rejects with `files.unreadable`, `storage.credentials-missing`. */
  readonly openS3: (place: S3StorePlace) => Promise<BucketRequests>;
  readonly sites: SiteStores;
  readonly announcer: Announcer;
  readonly clock: Clock;
}

/** Stores that were entered and those of sites, and the way into each. */
export class StoresService implements StoresDesk, StoreOpener {
  readonly #parts: StoresParts;

  constructor(parts: StoresParts) {
    this.#parts = parts;
  }

  /** What was entered, and what `site` has. Why it has none is told, not thrown. */
  async list(site: SiteId | null, signal: AbortSignal): Promise<z.output<(typeof storageApi)["stores"]["output"]>> {
    const stores = [...this.kept()];
    if (site === null) return { stores, problem: null };
    try {
      const found = await this.#parts.sites.find(site, signal);
      const own = [found.id, siteStoreId(site, null)];
      const kept = stores.find(({ id }) => own.includes(id));
      const ofSite: Store = { id: found.id, title: found.title, found: true, config: merged(found, kept?.config) };
      const beside = besideOf(found).filter(({ id }) => !stores.some((store) => store.id === id));
      return { stores: [ofSite, ...beside, ...stores.filter((store) => store !== kept)], problem: null };
    } catch (error) {
      if (!isAppError(error) || error.category === "cancelled") throw error;
      return { stores, problem: discoveryProblem(error) };
    }
  }

  /** What was entered, with what was set beside sites' own stores. */
  kept(): readonly Store[] {
    return this.#parts.kept.all().map(([id, config]) => storeOf(id, config));
  }

  /** Of a site's own store it keeps what a person set beside it. Rejects with `request.invalid`, `storage.store-unknown`. */
  async save(id: StoreId | null, config: StoreConfig): Promise<Store> {
    const saved = checked(config);
    const own = idFor(id, saved);
    if (id !== null && id !== own) {
      throw new AppError("request.invalid", { path: "store", problem: "a site's store keeps its place" });
    }
    if (id !== null && saved.place.kind !== "site" && this.#parts.kept.get(id) === null) {
      throw new AppError("storage.store-unknown", { store: id });
    }
    if (saved.dr === own || saved.scratch === own) {
      throw new AppError("request.invalid", { path: "config", problem: "a store is no copy of itself" });
    }
    await this.#parts.kept.save(own, saved);
    this.#parts.announcer.changed("storage");
    return storeOf(own, saved);
  }

  async remove(id: StoreId): Promise<boolean> {
    const removed = await this.#parts.kept.remove(id);
    if (removed) this.#parts.announcer.changed("storage");
    return removed;
  }

  async check(config: StoreConfig, write: boolean, signal: AbortSignal): Promise<readonly StoreCheck[]> {
    const id = config.place.kind === "site" ? siteStoreId(config.place.site, config.place.bucket ?? null) : CHECKED;
    await using opened = await this.openConfig(id, checked(config), signal);
    return await checkStore(opened, { write, clock: this.#parts.clock }, signal);
  }

  async open(id: StoreId, signal: AbortSignal): Promise<OpenedStore> {
    const kept = this.#parts.kept.get(id);
    const site = siteOfStoreId(id);
    if (site !== null) return await this.#openSite(id, site, kept, signal);
    if (kept === null) throw new AppError("storage.store-unknown", { store: id });
    return await this.openConfig(id, kept, signal);
  }

  /** A store that need not be kept, such as one that a command names by its address. Rejects as `open` does. */
  async openConfig(id: StoreId, config: StoreConfig, signal: AbortSignal): Promise<OpenedStore> {
    const { place } = config;
    if (place.kind === "site") {
      return await this.#openSite(id, { site: place.site, named: place.bucket !== undefined }, config, signal);
    }
    const layout = layoutOf(config);
    if (place.kind === "folder") {
      const store = new FolderObjectStore(place.directory);
      const close = () => store[Symbol.asyncDispose]();
      return { id, config, store, layout, folder: store.title, s3: null, [Symbol.asyncDispose]: close };
    }
    const requests = await this.#parts.openS3(place);
    return { id, config, layout, folder: null, ...openBuckets(requests) };
  }

  async #openSite(
    id: StoreId,
    { site, named }: { readonly site: SiteId; readonly named: boolean },
    kept: StoreConfig | null,
    signal: AbortSignal,
  ): Promise<OpenedStore> {
    const otherOf = (found: SiteStore) => (named && found.id !== id ? besideNamed(found, id) : null);
    const choose = (found: SiteStore) => bucketOf(otherOf(found));
    const { found, requests } = await this.#parts.sites.open(site, choose, signal);
    const other = otherOf(found);
    if (other !== null) {
      const config =
        kept === null ? other.config : { ...other.config, name: kept.name, bytesPerSecond: kept.bytesPerSecond };
      return { id, config, layout: layoutOf(config), folder: null, ...openBuckets(requests) };
    }
    const beside = kept ?? this.#parts.kept.get(siteStoreId(site, null)) ?? undefined;
    const config = merged(found, beside);
    return { id: found.id, config, layout: layoutOf(config), folder: null, ...openBuckets(requests) };
  }
}

function storeOf(id: StoreId, config: StoreConfig): Store {
  return { id, title: placeTitle(config.place), found: config.place.kind === "site", config };
}

/** Where the data is, its Loki says; the rest is what a person has set. */
function merged({ config }: SiteStore, kept: StoreConfig | undefined): StoreConfig {
  if (kept === undefined) return config;
  const { name, bytesPerSecond, dr, scratch } = kept;
  return { ...config, name, bytesPerSecond, dr: dr ?? config.dr, scratch: scratch ?? config.scratch };
}

/** Its copy and its place for drills, where the site names them: with the same credentials, and read by no Loki. */
function besideOf({ beside, config }: SiteStore): readonly Store[] {
  const { site } = config;
  if (site === null) return [];
  const buckets = [beside.dr, beside.scratch].filter((bucket) => bucket !== null);
  return [...new Set(buckets)].map((bucket) => {
    const place = { kind: "site", site, bucket } as const;
    const own = { ...config, name: bucket, place, site: null, dr: null, scratch: null };
    return storeOf(siteStoreId(site, bucket), own);
  });
}

/** @throws AppError `storage.store-unknown` where its Loki keeps its data elsewhere by now */
function besideNamed(found: SiteStore, id: StoreId): Store {
  const named = besideOf(found).find((store) => store.id === id);
  if (named === undefined) throw new AppError("storage.store-unknown", { store: id });
  return named;
}

function bucketOf(store: Store | null): string | null {
  const place = store?.config.place;
  return place?.kind === "site" ? (place.bucket ?? null) : null;
}

function layoutOf({ indexPrefix }: StoreConfig): OpenedStore["layout"] {
  return { indexPrefix, foreignPrefixes: [CONSOLE_PREFIX] };
}

function checked(config: StoreConfig): StoreConfig {
  const { place } = config;
  if (place.kind !== "folder") return config;
  if (!isAbsolute(place.directory)) {
    throw new AppError("request.invalid", { path: "config.place.directory", problem: "an absolute path is needed" });
  }
  return { ...config, place: { ...place, directory: normalize(place.directory) } };
}

function idFor(id: StoreId | null, { place }: StoreConfig): StoreId {
  if (place.kind === "site") return siteStoreId(place.site, place.bucket ?? null);
  return id ?? storeIdSchema.parse(`store-${randomBytes(6).toString("hex")}`);
}

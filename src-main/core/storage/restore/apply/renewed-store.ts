import { hasCode } from "../../../../../src-shared/errors/app-error.ts";
import type { StoreConfig, StoreId } from "../../../../../src-shared/model/storage/store.ts";
import type { ObjectStore } from "../../object-store.ts";
import type { OpenedStore, StoreOpener } from "../../stores/opened-store.ts";

/**
 * A store that is opened anew when its credentials are refused: a site's secret may have others by now. Those that are refused
 * as well reject with `storage.credentials-refused`. Bodies that were begun go on with what they were begun with.
 */
export async function openRenewedStore(opener: StoreOpener, id: StoreId, signal: AbortSignal): Promise<RenewedStore> {
  return new RenewedStore(opener, id, await opener.open(id, signal));
}

export class RenewedStore implements AsyncDisposable {
  readonly id: StoreId;
  readonly config: StoreConfig;
  readonly store: ObjectStore;
  readonly #opener: StoreOpener;
  #current: OpenedStore;
  #renewal: Promise<void> | null = null;
  readonly #before: OpenedStore[] = [];

  constructor(opener: StoreOpener, id: StoreId, opened: OpenedStore) {
    this.id = id;
    this.config = opened.config;
    this.#opener = opener;
    this.#current = opened;
    this.store = this.#facade();
  }

  /** As it is open now, for what asks more of it than objects. */
  get opened(): OpenedStore {
    const { id, config, layout, folder, s3 } = this.#current;
    return { id, config, layout, folder, s3, store: this.store, [Symbol.asyncDispose]: () => Promise.resolve() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#before.splice(0), this.#current].map((each) => each[Symbol.asyncDispose]()));
  }

  async #do<Value>(work: (store: ObjectStore) => Promise<Value>, signal: AbortSignal): Promise<Value> {
    const used = this.#current;
    try {
      return await work(used.store);
    } catch (error) {
      if (!hasCode(error, "storage.credentials-refused")) throw error;
      await this.#renew(used, signal);
      return await work(this.#current.store);
    }
  }

  /** Once for all that were refused together. */
  async #renew(used: OpenedStore, signal: AbortSignal): Promise<void> {
    if (this.#current !== used) return;
    this.#renewal ??= this.#opener
      .open(this.id, signal)
      .then((opened) => {
        this.#before.push(this.#current);
        this.#current = opened;
      })
      .finally(() => {
        this.#renewal = null;
      });
    await this.#renewal;
  }

  #facade(): ObjectStore {
    const title = this.#current.store.title;
    return {
      title,
      list: (request, signal) => this.#do((store) => store.list(request, signal), signal),
      listVersions: (request, signal) => this.#do((store) => store.listVersions(request, signal), signal),
      versioning: (signal) => this.#do((store) => store.versioning(signal), signal),
      head: (key, options, signal) => this.#do((store) => store.head(key, options, signal), signal),
      get: (key, options, signal) => this.#do((store) => store.get(key, options, signal), signal),
      put: (key, bytes, options, signal) => this.#do((store) => store.put(key, bytes, options, signal), signal),
      beginUpload: (key, options, signal) => this.#do((store) => store.beginUpload(key, options, signal), signal),
      uploadPart: (upload, part, bytes, signal) =>
        this.#do((store) => store.uploadPart(upload, part, bytes, signal), signal),
      listParts: (upload, signal) => this.#do((store) => store.listParts(upload, signal), signal),
      listUploads: (prefix, signal) => this.#do((store) => store.listUploads(prefix, signal), signal),
      completeUpload: (upload, parts, signal) =>
        this.#do((store) => store.completeUpload(upload, parts, signal), signal),
      abortUpload: (upload, signal) => this.#do((store) => store.abortUpload(upload, signal), signal),
      copy: (from, toKey, signal) => this.#do((store) => store.copy(from, toKey, signal), signal),
      delete: (ref, signal) => this.#do((store) => store.delete(ref, signal), signal),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
}

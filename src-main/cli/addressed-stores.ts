import { AppError } from "../../src-shared/errors/app-error.ts";
import type { StoreConfig, StoreId } from "../../src-shared/model/storage/store.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { StoreOpener } from "../core/storage/stores/opened-store.ts";
import type { CommandContext } from "./command-context.ts";
import { openCliStore, type CliStoreOptions } from "./open-storage-store.ts";

/** A store of a command: by which id services know it, and what is known of it. */
export interface AddressedStore {
  readonly id: StoreId;
  readonly title: string;
  readonly config: StoreConfig;
}

/** Stores that a command names by their addresses, opened by their ids as services do. */
export class AddressedStores implements StoreOpener {
  readonly #base: ConsoleBase;
  readonly #context: CommandContext;
  readonly #options: CliStoreOptions;
  readonly #addresses = new Map<StoreId, string>();

  constructor(base: ConsoleBase, context: CommandContext, options: CliStoreOptions = {}) {
    this.#base = base;
    this.#context = context;
    this.#options = options;
  }

  /** Makes an address known. Rejects as `openCliStore` does. */
  async name(address: string): Promise<AddressedStore> {
    await using opened = await openCliStore(address, this.#base, this.#context, this.#options);
    this.#addresses.set(opened.id, address);
    return { id: opened.id, title: opened.store.title, config: opened.config };
  }

  /** One that was named, or one of the profile: the copy of a store is known by its id. */
  async open(id: StoreId, signal: AbortSignal): ReturnType<StoreOpener["open"]> {
    if (signal.aborted) throw new AppError("request.cancelled", {});
    return openCliStore(this.#addresses.get(id) ?? id, this.#base, this.#context, this.#options);
  }
}

import { createHash } from "node:crypto";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { storeIdSchema, type StoreConfig, type StoreId } from "../../src-shared/model/storage/store.ts";
import type { SitesService } from "../core/clusters/sites.service.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import type { OpenedStore } from "../core/storage/stores/opened-store.ts";
import type { StoresService } from "../core/storage/stores/stores.service.ts";
import type { CommandContext } from "./command-context.ts";
import { parsePlace } from "./export-options.ts";

/** What a command needs beyond the address. */
export interface CliStoreOptions {
  /** What keys of index files begin with, where the address says no more than a place. */
  readonly indexPrefix?: string;
}

/**
 * Opens what `--store` names, in this order: `s3://bucket/prefix?endpoint=…`; the id or the name of a store of the profile;
 * `site:NAME`, what that site's Loki keeps its data in; a folder. Whoever opened it disposes it. Rejects with
 * `request.invalid`, and as `StoreOpener.open` does.
 */
export async function openCliStore(
  address: string,
  base: ConsoleBase,
  context: CommandContext,
  options: CliStoreOptions = {},
): Promise<OpenedStore> {
  await using stack = new AsyncDisposableStack();
  const stores = await openCliStores(base, context, stack);
  const opened = stack.use(await openAddressed(address, stores, context, options));
  const { id, config, store, layout, folder, s3 } = opened;
  const rest = stack.move();
  return { id, config, store, layout, folder, s3, [Symbol.asyncDispose]: () => rest.disposeAsync() };
}

/** As `openCliStore`, of stores that are open already. */
export async function openAddressed(
  address: string,
  stores: CliStores,
  { terminal: { signal } }: CommandContext,
  options: CliStoreOptions = {},
): Promise<OpenedStore> {
  const named = await cliStoreId(address, stores);
  if (named !== null) return await stores.service.open(named, signal);
  return await stores.service.openConfig(addressId(address), addressConfig(address, options), signal);
}

/** What an audit entry says of an address: without its parameters, since somebody may have put a secret there. */
export function storeSubject(address: string): string {
  return (address.split("?", 1)[0] ?? "").slice(0, 500);
}

export interface CliStores {
  readonly service: StoresService;
  /** Opened when they are first needed: a folder needs no cluster. */
  readonly sites: () => Promise<SitesService>;
}

/** The stores of the profile for one command; what is opened of sites ends with the stack. */
export async function openCliStores(
  base: ConsoleBase,
  context: CommandContext,
  stack: AsyncDisposableStack,
): Promise<CliStores> {
  const { openConsoleStores } = await import("../core/console-stores.ts");
  let opening: Promise<SitesService> | null = null;
  const sites = () => (opening ??= openSites(base, context, stack));
  const service = openConsoleStores({
    base,
    environment: context.terminal.environment,
    sites: {
      kubernetesFor: async (site) => (await sites()).kubernetesFor(site),
      discoveryFor: async (site, signal) => (await sites()).discoveryFor(site, signal),
    },
  });
  return { service, sites };
}

async function openSites(base: ConsoleBase, context: CommandContext, stack: AsyncDisposableStack) {
  const { openCommandSites } = await import("./command-sites.ts");
  return openCommandSites(base, context, stack);
}

const SITE = "site:";

/** The id of a store that is known; `null` for an address. */
async function cliStoreId(address: string, { service, sites }: CliStores): Promise<StoreId | null> {
  if (address.startsWith("s3://")) return null;
  const kept = service.kept();
  const exact = kept.find(({ id }) => id === address);
  if (exact !== undefined) return exact.id;
  const named = kept.filter(({ config }) => config.name === address);
  if (named.length > 1) {
    const ids = named.map(({ id }) => id).join(", ");
    throw new AppError("request.invalid", { path: "--store", problem: `several have this name: ${ids}` });
  }
  if (named[0] !== undefined) return named[0].id;
  if (!address.startsWith(SITE)) return null;
  const whole = storeIdSchema.safeParse(address);
  const known = (await (await sites()).list()).sites.map(({ id }) => id);
  if (whole.success && known.some((site) => address === `${SITE}${site}` || address.startsWith(`${SITE}${site}:`))) {
    return whole.data;
  }
  const { siteByName } = await import("./command-sites.ts");
  return storeIdSchema.parse(`${SITE}${await siteByName(await sites(), address.slice(SITE.length))}`);
}

function addressConfig(address: string, { indexPrefix = "index/" }: CliStoreOptions): StoreConfig {
  const place = parsePlace(address, "--store");
  return {
    name: storeSubject(address).slice(0, 100),
    place,
    site: null,
    indexPrefix,
    bytesPerSecond: null,
    dr: null,
    scratch: null,
  };
}

/** The same address has the same id, so that what is kept of a store is found again. */
function addressId(address: string): StoreId {
  const place = JSON.stringify(parsePlace(address, "--store"));
  return storeIdSchema.parse(`address-${createHash("sha256").update(place).digest("hex").slice(0, 16)}`);
}

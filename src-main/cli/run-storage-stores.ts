import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { openCliStores } from "./open-storage-store.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { textTable } from "./text-table.ts";

export interface StorageStoresOptions {
  readonly site?: string;
  readonly output: OutputFormat;
}

/** Prints the stores there are; why a site has none goes to standard error. */
export async function runStorageStores(
  context: CommandContext,
  { site: wanted, output }: StorageStoresOptions,
): Promise<void> {
  const { stdout, stderr, signal } = context.terminal;
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const subject = { site: wanted ?? null };
  const act = { action: "storage.stores", permission: "storage.read", auditClass: "access", subject } as const;
  const { stores, problem } = await audited(base, context, act, async () => {
    const { service, sites } = await openCliStores(base, context, stack);
    if (wanted === undefined) return await service.list(null, signal);
    const { siteByName } = await import("./command-sites.ts");
    return await service.list(await siteByName(await sites(), wanted), signal);
  });
  if (output === "json") return write(stdout, jsonLine({ stores, problem }));
  if (problem !== null) {
    const text = context.text.sentence(`storage.discovery.${problem.reason}`, problem.params);
    await write(stderr, `kubemate: ${terminalSafe(text)}\n`);
  }
  if (output === "ndjson") return write(stdout, stores.map(jsonLine).join(""));
  const rows = stores.map(({ id, config, title, found }) => [id, config.name, title, found ? "site" : "entered"]);
  return write(stdout, textTable(["ID", "NAME", "PLACE", "FROM"], rows));
}

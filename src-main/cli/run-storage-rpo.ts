import type { RecoveryFacts } from "../../src-shared/model/storage/recovery.ts";
import { openDrillBooks } from "../core/console-drill-job.ts";
import { AddressedStores } from "./addressed-stores.ts";
import { recoveryFactsOf } from "./command-recovery-facts.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { storeSubject } from "./open-storage-store.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

export interface StorageRpoOptions {
  readonly store: string;
  readonly dr?: string;
  readonly indexPrefix: string;
  readonly output: OutputFormat;
}

/** Prints what losing the bucket would cost and how long restoring it takes; what is not known is said to be so. */
export async function runStorageRpo(context: CommandContext, options: StorageRpoOptions): Promise<void> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const books = openDrillBooks(base, stack);
  const stores = new AddressedStores(base, context, { indexPrefix: options.indexPrefix });
  const subject = { store: storeSubject(options.store) };
  const act = { action: "storage.rpo", permission: "storage.read", auditClass: "access", subject } as const;
  const facts = await audited(base, context, act, async () => {
    const store = await stores.name(options.store);
    const dr = options.dr === undefined ? null : (await stores.name(options.dr)).id;
    const service = recoveryFactsOf({ base, context, stores, books, dr }, stack);
    return service.facts(store.id, context.terminal.signal);
  });
  await write(context.terminal.stdout, options.output === "text" ? textOf(context, facts) : jsonLine(facts));
}

function textOf({ text }: CommandContext, { rpo, rto }: RecoveryFacts): string {
  const seconds = (ms: number | null) => (ms === null ? "not known" : `${Math.round(ms / 1_000)} s`);
  const parts = rpo.parts.map(({ what, state, ms, reason, params }) => {
    const told = state === "known" ? seconds(ms) : state;
    const why = reason === null ? "" : `  ${text.sentence(`storage.rpo.${what}.${reason}`, params)}`;
    return `${what.padEnd(9)} ${told}${why}`;
  });
  const lines = [
    `${"bucket".padEnd(9)} ${seconds(rpo.bucketLostMs)}`,
    `${"all".padEnd(9)} ${seconds(rpo.allLostMs)}`,
    ...parts,
    `${"rto".padEnd(9)} ${seconds(rto.ms)}, ${rto.state}`,
  ];
  return `${lines.map(terminalSafe).join("\n")}\n`;
}

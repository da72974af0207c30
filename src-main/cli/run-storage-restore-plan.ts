import { AppError } from "../../src-shared/errors/app-error.ts";
import { jobIdSchema } from "../../src-shared/model/ids.ts";
import type { RestoreRequest } from "../../src-shared/model/storage/restore.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { openRestores } from "./open-restores.ts";
import { storeSubject } from "./open-storage-store.ts";
import { restorePlanText } from "./restore-printing.ts";
import { restoreRequestOf, type RestoreOptions } from "./storage-restore-options.ts";
import { jsonLine, write } from "./terminal.ts";

export interface RestorePlanOptions extends RestoreOptions {
  /** A scan of this store: only what it found missing or damaged. */
  readonly scan?: string;
}

/** Makes the plan of a restore, prints it, and keeps it for an hour: `storage restore apply PLAN` carries it out. */
export async function runStorageRestorePlan(context: CommandContext, options: RestorePlanOptions): Promise<void> {
  const { stdout, signal } = context.terminal;
  if (options.store === undefined) throw new AppError("request.invalid", { path: "--store", problem: "missing" });
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const restores = await openRestores(base, context, stack);
  const store = await restores.named(options.store, options.indexPrefix);
  const source = options.fromStore === undefined ? null : await restores.named(options.fromStore, options.indexPrefix);
  const request: RestoreRequest = {
    ...restoreRequestOf(options, { store, source }, base.clock.nowMs()),
    findings: findingsOf(options),
  };
  const subject = { store: storeSubject(options.store), source: request.source.kind, into: null };
  const act = {
    action: "recovery.planRestore",
    permission: "storage.restore",
    auditClass: "access",
    subject,
  } as const;
  const { plan } = await audited(base, context, act, () =>
    restores.plans.make(
      request,
      (progress) => {
        if (options.output === "ndjson") stdout.write(jsonLine(progress));
      },
      signal,
    ),
  );
  if (options.output === "json") await write(stdout, jsonLine(plan));
  else if (options.output === "ndjson") await write(stdout, jsonLine({ kind: "plan", plan }));
  else await write(stdout, restorePlanText(context.text, plan));
}

function findingsOf({ scan }: RestorePlanOptions): RestoreRequest["findings"] {
  if (scan === undefined) return null;
  const id = jobIdSchema.safeParse(scan);
  if (!id.success) throw new AppError("request.invalid", { path: "--scan", problem: scan.slice(0, 200) });
  return { scan: id.data, ids: null };
}

import type { SiteId } from "../../src-shared/model/ids.ts";
import type { TimeRange } from "../../src-shared/model/nano-time.ts";
import type { Spending } from "../../src-shared/model/tenants/quota.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { openQuotaGate } from "../core/console-quotas.ts";
import { openCostLedger } from "../core/console-usage.ts";
import { createLokiLogSource, type LokiLogSourceOptions } from "../core/logs/adapters/loki/loki-log-source.ts";
import type { AdmittedQuery } from "../core/logs/query-admission.ts";
import type { CommandContext } from "./command-context.ts";

/** A command's query at the gate, as the window's is: held against its quotas, recorded, settled when the stack ends. */
export async function admittedQuery(
  base: ConsoleBase,
  context: CommandContext,
  options: LokiLogSourceOptions,
  ask: {
    readonly query: string;
    readonly range: TimeRange;
    readonly limit: number | null;
    readonly spending?: Spending | undefined;
    readonly small?: boolean;
  },
  stack: AsyncDisposableStack,
): Promise<AdmittedQuery> {
  const { locateWorker, signal } = context.terminal;
  const ledger = stack.use(openCostLedger({ base, locateWorker }));
  const gate = openQuotaGate(base, ledger);
  const asker = { principal: context.principal, role: base.settings.get("safety.role") };
  // An address has no id among the sites; the ledger takes any name.
  const target = { kind: "loki", site: options.site as SiteId, tenant: options.tenant } as const;
  return stack.use(await gate.admit({ ...ask, asker, target }, async () => createLokiLogSource(options), signal));
}

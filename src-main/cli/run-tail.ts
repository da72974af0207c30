import { systemClock } from "../core/common/clock.ts";
import { createLokiLogSource } from "../core/logs/adapters/loki/loki-log-source.ts";
import { nanoFromMs } from "../../src-shared/model/nano-time.ts";
import { admittedQuery } from "./admitted-query.ts";
import { batchEntries } from "./batch-entries.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { entryJson, entryText } from "./entry-text.ts";
import { lokiSourceOptions } from "./open-source.ts";
import type { TailOptions } from "./query-options.ts";
import { jsonLine, write } from "./terminal.ts";
import { parseInstant } from "./time-arguments.ts";

/** Follows until Ctrl-C. Markers go to standard error as JSON, so that standard output holds entries alone. */
export async function runTail(context: CommandContext, options: TailOptions, query: string): Promise<void> {
  const { terminal } = context;
  const sinceNs = options.since === undefined ? null : parseInstant(options.since, systemClock.nowMs());
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const sourceOptions = await lokiSourceOptions(base, context, options, stack);
  const subject = { site: options.site ?? options.source ?? null, tenant: options.tenant ?? null, query, tail: true };
  const act = { action: "logs.tail", permission: "logs.read", auditClass: "access", subject } as const;
  await audited(base, context, act, async () => {
    const nowNs = nanoFromMs(systemClock.nowMs());
    const ask = { query, range: { startNs: sinceNs ?? nowNs, endNs: nowNs }, limit: null, small: true };
    const admitted = await admittedQuery(base, context, sourceOptions, ask, stack);
    const source = admitted.counted(stack.use(createLokiLogSource(sourceOptions)));
    for await (const event of source.tail({ expr: query, sinceNs }, terminal.signal)) {
      if (event.kind === "state") continue;
      if (event.kind === "marker") {
        await write(terminal.stderr, jsonLine({ ts: event.timestampNs, ...event.marker }));
        continue;
      }
      let text = "";
      for (const entry of batchEntries(event.batch)) {
        text += options.output === "text" ? entryText(entry) : entryJson(entry);
      }
      await write(terminal.stdout, text);
    }
  });
}

import { text as textOf } from "node:stream/consumers";
import type { RefusalExplanation } from "../../src-shared/model/tenants/explanation.ts";
import { plainExplanation } from "../core/tenants/explain/plain-explanation.ts";
import { explainRefusal } from "../core/tenants/refusal/explain-refusal.ts";
import { openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { explanationText } from "./explanation-text.ts";
import { secondsOption } from "./health-options.ts";
import type { SourceOptions } from "./source-options.ts";
import { jsonLine, write } from "./terminal.ts";

export interface ExplainOptions extends SourceOptions {
  readonly output: OutputFormat;
  readonly wait: string;
}

const LONGEST_WAIT_SECONDS = 600;
/** As the door takes it. */
const MAX_TEXT = 200_000;

/** Prints what the refusals of a text mean; of a text without any it says so and ends with `notFound`. */
export async function runExplain429(context: CommandContext, options: ExplainOptions, given: string): Promise<void> {
  const { terminal, text } = context;
  const waitMs = secondsOption("--wait", options.wait, 0, LONGEST_WAIT_SECONDS);
  const pasted = (given === "-" ? await textOf(terminal.stdin) : given).slice(0, MAX_TEXT);
  const explanations = await explained(context, options, pasted, waitMs);
  if (options.output === "json") await write(terminal.stdout, jsonLine(explanations));
  else if (options.output === "ndjson") await write(terminal.stdout, explanations.map(jsonLine).join(""));
  else await write(terminal.stdout, explanations.map((one) => explanationText(text, one)).join("\n"));
  if (explanations.length > 0) return;
  await write(terminal.stderr, `kubemate: ${text.sentence("tenants.refusal.none")}\n`);
  throw new ExitWith(EXIT_CODES.notFound);
}

async function explained(
  context: CommandContext,
  options: ExplainOptions,
  pasted: string,
  waitMs: number,
): Promise<readonly RefusalExplanation[]> {
  const given = options.tenant ?? null;
  if (options.site === undefined && options.source === undefined) {
    return explainRefusal(pasted).map((facts) => plainExplanation({ ...facts, tenant: facts.tenant ?? given }));
  }
  // Clusters and Loki's API are not loaded for a text alone.
  const { COMMAND_CALLER, openCommandTenants } = await import("./open-tenants.ts");
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const { site, service, settled } = await openCommandTenants(base, context, options, "tenants.explain", stack);
  await settled(waitMs);
  // Awaited here: what it needs is closed with the stack.
  return await service.explain(site, pasted, COMMAND_CALLER, context.terminal.signal, given);
}

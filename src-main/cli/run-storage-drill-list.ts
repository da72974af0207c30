import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Drill } from "../../src-shared/model/storage/recovery.ts";
import { openDrillBooks } from "../core/console-drill-job.ts";
import { verifySignedReport } from "../core/storage/drills/verify-signed-report.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

const LISTED = 200;

export interface DrillListOptions {
  readonly output: OutputFormat;
}

export interface DrillVerifyOptions {
  readonly key?: string;
  readonly output: OutputFormat;
}

/** Prints the drills of this profile, newest first. */
export async function runDrillList(context: CommandContext, { output }: DrillListOptions): Promise<void> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const books = openDrillBooks(base, stack);
  const act = { action: "storage.drills", permission: "storage.read", auditClass: "access", subject: {} } as const;
  const drills = await audited(base, context, act, async () => books.history.list(null, LISTED));
  const { stdout } = context.terminal;
  if (output === "json") await write(stdout, jsonLine(drills));
  else await write(stdout, drills.map(output === "ndjson" ? jsonLine : drillLine).join(""));
}

/** Checks the signature of a report; ends as an error does where it is forged, or signed by another key than `--key`. */
export async function runDrillVerify(
  context: CommandContext,
  file: string,
  { key, output }: DrillVerifyOptions,
): Promise<void> {
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const { report, signature } = await verifySignedReport(file);
  if (key !== undefined && key.toLowerCase() !== signature.keyId) {
    throw new AppError("recovery.report-forged", { file, problem: `signed with key ${signature.keyId}` });
  }
  const own = openDrillBooks(base, stack).history.hasSignedWith(signature.publicKey);
  const { stdout } = context.terminal;
  if (output !== "text")
    await write(stdout, jsonLine({ valid: true, keyId: signature.keyId, own, drill: report.drill }));
  else {
    const whose = own ? "of this profile" : "of another profile: compare it with the key that was published";
    await write(stdout, `valid, key ${signature.keyId}, ${whose}\n${drillLine(report.drill)}`);
  }
}

function drillLine({ drill, endedAtMs, result, principal, title, objects, bytes }: Drill): string {
  const when = new Date(endedAtMs).toISOString();
  return `${terminalSafe(`${when} ${drill} ${result} ${principal} ${title}: ${objects} objects, ${bytes} bytes`)}\n`;
}

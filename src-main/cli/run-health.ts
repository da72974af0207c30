import type { HealthChange, SiteHealth } from "../../src-shared/model/health/site-health.ts";
import type { Verdict } from "../../src-shared/model/health/verdict.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { siteIdSchema } from "../../src-shared/model/ids.ts";
import { HEALTH_PARTS } from "../core/console-health-parts.ts";
import type { ConsoleBase } from "../core/console-base.ts";
import { SiteWatch } from "../core/health/watch/site-watch.ts";
import { WatchMemory } from "../core/health/watch/watch-memory.ts";
import { audited, openBase, type CommandContext } from "./command-context.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { secondsOption, type HealthOptions } from "./health-options.ts";
import { boardLines, boardText, changeJson, changeText } from "./health-printing.ts";
import { commandHealthSite, type OpenCommandSite } from "./open-health-site.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

const LONGEST_WAIT_SECONDS = 3_600;
const FEWEST_ROUNDS = 2;

/** Verdicts that let a command succeed. */
const WELL: ReadonlySet<Verdict> = new Set(["healthy", "degraded"]);

/**
 * Watches a Loki until everybody was watched for a minute, or `--wait` is over, and prints the board; with `--follow` prints
 * changes until Ctrl-C. Nothing is kept in the profile: a window may watch the same site at the same time.
 */
export async function runHealth(context: CommandContext, options: HealthOptions): Promise<void> {
  const waitMs = secondsOption("--wait", options.wait, 0, LONGEST_WAIT_SECONDS);
  const intervalMs = secondsOption("--interval", options.interval, 1, 300);
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const act = {
    action: "health.watch",
    permission: "health.read",
    auditClass: "access",
    subject: { site: options.site ?? options.source ?? "" },
  } as const;
  const open = await audited(base, context, act, () => commandHealthSite(base, context, options, intervalMs, stack));
  const watch = stack.use(openWatch(base, open, intervalMs));
  if (options.follow === true) return await follow(context, options, watch);
  // Under the name that it was asked for by: the watch of a command has none of its own.
  const asked = siteIdSchema.safeParse(options.site);
  const seen = await watched(context, base, watch, waitMs);
  const board = asked.success ? { ...seen, site: asked.data } : seen;
  const { stdout } = context.terminal;
  if (options.output === "json") await write(stdout, jsonLine(board));
  else if (options.output === "ndjson") await write(stdout, boardLines(board).map(jsonLine).join(""));
  else await write(stdout, boardText(board));
  if (board.error !== null) {
    await write(context.terminal.stderr, `kubemate: ${terminalSafe(context.text.error(board.error))}\n`);
    throw new ExitWith(exitCodeOf(board.error.category));
  }
  if (!WELL.has(board.verdict)) throw new ExitWith(EXIT_CODES.unwell);
}

export function openWatch({ clock, logger }: ConsoleBase, open: OpenCommandSite, intervalMs: number): SiteWatch {
  const site = siteIdSchema.parse("command-line");
  return new SiteWatch({
    site,
    open: (_site, signal) => open(signal),
    identify: () => Promise.resolve({ name: "", place: "", made: "" }),
    remember: ({ place }, signal) =>
      WatchMemory.open(
        {
          siteDirectory: null,
          place,
          keptMs: 0,
          parts: HEALTH_PARTS,
          clock,
          logger: logger.child("health"),
          onUnkept: () => undefined,
          onDamage: () => undefined,
        },
        signal,
      ),
    intervalMs: () => intervalMs,
    clock,
    logger: logger.child("health"),
    onBoard: () => undefined,
  });
}

/** The board once it means something. A site that cannot be opened is not waited for. */
export async function watched(
  { terminal }: CommandContext,
  { clock }: ConsoleBase,
  watch: SiteWatch,
  waitMs: number,
): Promise<SiteHealth> {
  const ending = new AbortController();
  const signal = AbortSignal.any([terminal.signal, ending.signal]);
  const cancel = clock.after(Math.max(waitMs, 1), () => ending.abort());
  let rounds = 0;
  try {
    for await (const board of watch.boards(signal)) {
      if (board.state === "failed" && board.error !== null && board.roundAtMs === null) return board;
      if (board.roundAtMs !== null) rounds += 1;
      if (rounds >= FEWEST_ROUNDS && isSettled(board)) return board;
    }
  } finally {
    cancel();
  }
  if (terminal.signal.aborted) throw new AppError("request.cancelled", {});
  return watch.board;
}

/** Whether nobody is judged by less than a minute. */
function isSettled({ components, instances }: SiteHealth): boolean {
  const all = [...components, ...instances];
  return all.length > 0 && all.every(({ doubts }) => !doubts.includes("short-history"));
}

async function follow({ terminal, text }: CommandContext, options: HealthOptions, watch: SiteWatch): Promise<void> {
  let last: HealthChange | null = null;
  let failed = "";
  for await (const board of watch.boards(terminal.signal)) {
    const error = board.error === null ? "" : text.error(board.error);
    if (error !== "" && error !== failed) await write(terminal.stderr, `kubemate: ${terminalSafe(error)}\n`);
    failed = error;
    // All that is remembered: a slow reader missed boards, and their changes are still among these.
    const changes: readonly HealthChange[] = watch.memory?.changes ?? [];
    const seen = last === null ? -1 : changes.indexOf(last);
    const fresh = seen < 0 ? changes : changes.slice(0, seen);
    last = changes[0] ?? last;
    for (const change of fresh.toReversed()) {
      // oxlint-disable-next-line no-await-in-loop -- in their order
      await write(terminal.stdout, options.output === "text" ? changeText(change) : jsonLine(changeJson(change)));
    }
  }
  throw new AppError("request.cancelled", {});
}

import type { LimitGauge, TenantLimit, TenantRow, TenantsBoard } from "../../src-shared/model/tenants/board.ts";
import { requireTenantId } from "../core/tenants/board/require-tenant-id.ts";
import { amountWords, durationWords } from "./amount-words.ts";
import { openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { EXIT_CODES, exitCodeOf } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { secondsOption } from "./health-options.ts";
import { COMMAND_CALLER, openCommandTenants } from "./open-tenants.ts";
import type { SourceOptions } from "./source-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { textTable } from "./text-table.ts";

const MAX_VALUE_CHARS = 40;

export interface LimitsShowOptions extends SourceOptions {
  readonly output: OutputFormat;
  readonly near?: boolean;
  readonly wait: string;
}

const LONGEST_WAIT_SECONDS = 600;
/** From this part of a limit on somebody is near it. */
const NEAR = 0.8;
const SOON_MS = 86_400_000;

/** Prints the board of a site's tenants, or with `--tenant` every limit of one. */
export async function runLimitsShow(context: CommandContext, options: LimitsShowOptions): Promise<void> {
  const { terminal, text } = context;
  const waitMs = secondsOption("--wait", options.wait, 0, LONGEST_WAIT_SECONDS);
  const tenant = options.tenant ?? null;
  if (tenant !== null) requireTenantId(tenant);
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const { site, service, settled } = await openCommandTenants(base, context, options, "tenants.show", stack);
  const board = await settled(waitMs);
  if (tenant !== null) {
    const told = await service.limits(site, tenant, COMMAND_CALLER, terminal.signal);
    const limits = { ...told, site: board.site };
    if (options.output === "json") await write(terminal.stdout, jsonLine(limits));
    else if (options.output === "ndjson") await write(terminal.stdout, limits.limits.map(jsonLine).join(""));
    else await write(terminal.stdout, limitsText(limits.limits));
    return;
  }
  const tenants = options.near === true ? board.tenants.filter(isNear) : board.tenants;
  if (options.output === "json") await write(terminal.stdout, jsonLine({ ...board, tenants }));
  else if (options.output === "ndjson") await write(terminal.stdout, tenants.map(jsonLine).join(""));
  else await write(terminal.stdout, boardText({ ...board, tenants }));
  for (const { source, state, error } of board.sources) {
    const why = error === undefined ? "" : `: ${text.error(error)}`;
    if (state === "read") continue;
    // oxlint-disable-next-line no-await-in-loop -- lines in their order
    await write(terminal.stderr, `kubemate: ${source} ${state}${terminalSafe(why)}\n`);
  }
  if (board.state !== "live") {
    throw new ExitWith(board.error === undefined ? EXIT_CODES.upstream : exitCodeOf(board.error.category));
  }
}

function isNear({ nearest, gauges, discards, overdue }: TenantRow): boolean {
  return (
    (nearest?.share ?? 0) >= NEAR ||
    gauges.some(({ reachesLimitInMs: inMs }) => inMs !== null && inMs <= SOON_MS) ||
    discards.some(({ linesPerSecond }) => linesPerSecond > 0) ||
    overdue > 0
  );
}

function boardText({ tenants, disagreements, expiries, more }: TenantsBoard): string {
  const headings = ["TENANT", "NEAREST LIMIT", "USED", "LIMIT", "SHARE", "REACHES IN", "REFUSED", "OVERRIDES"];
  const rows = tenants.map(({ tenant, nearest, gauges, discards, overrides }) => {
    const gauge = nearest ?? gauges[0] ?? null;
    return [tenant, ...gaugeCells(gauge), discardCell(discards), String(overrides)];
  });
  const notes = [
    ...disagreements.map(({ kind, params }) => `${kind}: ${JSON.stringify(params)}`),
    ...expiries.map(
      ({ tenant, key, expiresAtMs, overdue }) =>
        `${overdue ? "OVERDUE" : "expires"} ${new Date(expiresAtMs).toISOString()}: ${tenant} ${key}`,
    ),
    ...(more > 0 ? [`${more} more`] : []),
  ];
  return textTable(headings, rows) + notes.map((note) => `${terminalSafe(note)}\n`).join("");
}

function gaugeCells(gauge: LimitGauge | null): string[] {
  if (gauge === null) return ["-", "-", "-", "-", "-"];
  const { key, unit, used, limit, unlimited, share, reachesLimitInMs } = gauge;
  return [
    key,
    amountWords(used, unit),
    unlimited ? "unlimited" : limit === null ? "unknown" : amountWords(limit, unit),
    share === null ? "-" : `${(share * 100).toFixed(1)} %`,
    reachesLimitInMs === null ? "-" : durationWords(reachesLimitInMs),
  ];
}

function discardCell(discards: TenantRow["discards"]): string {
  const now = discards.filter(({ linesPerSecond }) => linesPerSecond > 0);
  return now.length === 0
    ? "-"
    : now.map(({ reason, linesPerSecond }) => `${reason} ${linesPerSecond.toFixed(1)}/s`).join(", ");
}

/** Lists and maps stay one line of the table; `--output json` has them whole. */
function shortened(value: string): string {
  return value.length > MAX_VALUE_CHARS ? `${value.slice(0, MAX_VALUE_CHARS - 1)}…` : value;
}

function limitsText(limits: readonly TenantLimit[]): string {
  const rows = limits.map(({ key, value, unlimited, source, gauge, disagrees }) => [
    key,
    value === null ? "unknown" : unlimited ? `${value} (unlimited)` : shortened(value),
    source,
    gauge === null ? "-" : amountWords(gauge.used, gauge.unit),
    gauge?.share == null ? "-" : `${(gauge.share * 100).toFixed(1)} %`,
    disagrees === null ? "" : `held: ${disagrees}`,
  ]);
  return textTable(["LIMIT", "VALUE", "SOURCE", "USED", "SHARE", ""], rows);
}

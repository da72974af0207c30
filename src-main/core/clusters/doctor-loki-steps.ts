import { z } from "zod";
import { AppError, hasCode, isAppError } from "../../../src-shared/errors/app-error.ts";
import { nanoFromMs } from "../../../src-shared/model/nano-time.ts";
import { tenantIdProblem, type TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Clock } from "../common/clock.ts";
import type { LogSource } from "../logs/log-source.ts";
import { failed, passed, skipped, warned, type StepResult } from "./doctor-step.ts";
import type { LokiTransport } from "./loki-transport.ts";
import type { SiteTenants } from "./site-tenants.ts";

const TIMEOUT_MS = 15_000;
const MAX_TEXT_BYTES = 65_536;
const HOUR_MS = 3_600_000;

const buildSchema = z.object({ version: z.string().max(100), revision: z.string().max(100).optional() });

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function get(transport: LokiTransport, path: string, signal: AbortSignal): Promise<Answer> {
  const answer = await transport.request({ role: "query", method: "GET", path, signal, timeoutMs: TIMEOUT_MS });
  return { status: answer.status, text: new TextDecoder().decode(await answer.bytes(MAX_TEXT_BYTES)) };
}

/** A direct URL's TLS shows itself only in a request; whatever Loki answers, the handshake has passed. */
export async function examineDirectTls(
  transport: LokiTransport,
  url: string,
  signal: AbortSignal,
): Promise<StepResult> {
  if (!url.startsWith("https:")) return skipped("plain-http");
  try {
    const { status } = await get(transport, "/ready", signal);
    return passed(`${new URL(url).host}: HTTP ${status}`);
  } catch (error) {
    // Half an answer is the route's affair: TLS stood when it came.
    if (hasCode(error, "loki.bad-response") || hasCode(error, "loki.timed-out")) return passed(new URL(url).host);
    throw error;
  }
}

/** Whether Loki answers at the other end, by its build information; `/ready` tells whether it is well. */
export async function examineRoute(transport: LokiTransport, signal: AbortSignal): Promise<StepResult> {
  const ready = await get(transport, "/ready", signal).catch((error: unknown): Answer => {
    if (hasCode(error, "loki.bad-response")) return { status: 0, text: "" };
    throw error;
  });
  const build = await get(transport, "/loki/api/v1/status/buildinfo", signal);
  const way = transport.describe("query");
  if (build.status === 401 || build.status === 403)
    return failed(new AppError("loki.unauthorized", { status: build.status }));
  const version = versionOf(build);
  if (version === null) {
    const problem = build.status === 200 ? "no build information" : `HTTP ${build.status}`;
    return failed(new AppError("loki.bad-response", { status: build.status, problem }), true, way);
  }
  const detail = `Loki ${version}, ${way}`;
  if (ready.status === 503) return warned("loki-not-ready", `${detail}: ${ready.text.trim().slice(0, 300)}`);
  return passed(detail);
}

function versionOf(answer: Answer): string | null {
  if (answer.status !== 200) return null;
  try {
    const parsed = buildSchema.safeParse(JSON.parse(answer.text));
    return parsed.success ? parsed.data.version : null;
  } catch {
    return null;
  }
}

/** The tenant to ask with: the one given, else the first that is known, else none is needed. */
export async function examineTenant(
  given: TenantId | null,
  lookUp: () => Promise<SiteTenants>,
): Promise<StepResult & { readonly tenant?: TenantId }> {
  if (given !== null) {
    const problem = tenantIdProblem(given);
    if (problem === null) return { ...passed(given), tenant: given };
    return failed(new AppError("tenants.invalid", { tenant: given.slice(0, 200), problem: problem.reason }));
  }
  const { tenants, multiTenant } = await lookUp();
  // Loki's own name for the tenant of an installation without tenants.
  const chosen = tenants[0]?.tenant ?? (multiTenant ? null : "fake");
  if (chosen === null) return { ...warned("choose-tenant", "-"), stop: true };
  const detail = multiTenant ? `${chosen} (1 of ${tenants.length})` : `auth_enabled: false, ${chosen}`;
  return { ...passed(detail), tenant: chosen as TenantId };
}

/** Labels of the last hour and one line of it: what every search needs. */
export async function examineQuery(source: LogSource, clock: Clock, signal: AbortSignal): Promise<StepResult> {
  const endMs = clock.nowMs();
  const range = { startNs: nanoFromMs(endMs - HOUR_MS), endNs: nanoFromMs(endMs) };
  const labels = await source.labels(range, null, signal);
  const label = labels.find((name) => !name.startsWith("__"));
  if (label === undefined) return warned("no-logs", "0 labels in the last hour");
  let rows = 0;
  const expr = `{${label}=~".+"}`;
  try {
    for await (const event of source.read({ expr, range, direction: "backward", limit: 1 }, signal)) {
      if (event.kind === "batch") rows += event.batch.rowCount;
    }
  } catch (error) {
    if (!isAppError(error) || error.category === "cancelled") throw error;
    return failed(error, true, expr);
  }
  const detail = `${labels.length} labels, ${expr}: ${rows} line`;
  return rows === 0 ? warned("no-logs", detail) : passed(detail);
}

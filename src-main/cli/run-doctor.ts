import type { DoctorStep, SiteConfig } from "../../src-shared/api/sites.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { TenantId } from "../../src-shared/model/tenant-id.ts";
import type { SitesService } from "../core/clusters/sites.service.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { openCommandSites, siteByName } from "./command-sites.ts";
import { exitCodeOf, EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import type { SourceOptions } from "./source-options.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { textTable } from "./text-table.ts";

export interface SitesOptions {
  readonly output: OutputFormat;
}

export interface DoctorOptions extends SourceOptions, SitesOptions {
  readonly confirmPlugin?: string;
}

export async function listSites(context: CommandContext, { output }: SitesOptions): Promise<void> {
  const { stdout, stderr } = context.terminal;
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const sites = await openCommandSites(base, context, stack);
  const { sites: known, problems } = await sites.list();
  for (const problem of problems) await write(stderr, `kubemate: ${terminalSafe(context.text.error(problem))}\n`);
  if (output === "json") return write(stdout, jsonLine(known));
  if (output === "ndjson") return write(stdout, known.map(jsonLine).join(""));
  const rows = known.map(({ id, name, kind, origin }) => [id, name, kind, origin]);
  return write(stdout, textTable(["ID", "NAME", "KIND", "ORIGIN"], rows));
}

const MARKS: Readonly<Record<DoctorStep["state"], string>> = {
  running: "…",
  passed: "✓",
  warned: "!",
  failed: "✗",
  skipped: "–",
};

/** Prints each step as it ends; the exit code is that of the step that failed. */
export async function runDoctorCommand(context: CommandContext, options: DoctorOptions): Promise<void> {
  const { terminal } = context;
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const sites = await openCommandSites(base, context, stack);
  const { confirmPlugin: hash } = options;
  if (hash !== undefined) {
    const act = {
      action: "sites.confirmPlugin",
      permission: "sites.change",
      auditClass: "security",
      subject: { hash, confirmed: true },
    } as const;
    await audited(base, context, act, () => sites.confirmPlugin(hash, true));
  }
  await using visit = await visitedSite(sites, options);
  const ended: DoctorStep[] = [];
  // Checked by the doctor's own step.
  const tenant = options.tenant === undefined ? null : (options.tenant as TenantId);
  for await (const step of sites.doctor(visit.site, tenant, terminal.signal)) {
    if (step.state === "running") continue;
    ended.push(step);
    if (options.output === "ndjson") await write(terminal.stdout, jsonLine(step));
    if (options.output === "text") await write(terminal.stdout, stepText(step, context));
  }
  if (options.output === "json") await write(terminal.stdout, jsonLine(ended));
  const failed = ended.find(({ state }) => state === "failed");
  if (failed !== undefined)
    throw new ExitWith(failed.error === undefined ? EXIT_CODES.failed : exitCodeOf(failed.error.category));
}

function stepText(step: DoctorStep, { text }: CommandContext): string {
  const name = text.sentence(`doctor.step.${step.step}`);
  const took = step.tookMs === undefined ? "" : ` (${Math.round(step.tookMs)} ms)`;
  const more = [
    step.detail === undefined ? "" : terminalSafe(step.detail),
    step.error === undefined ? "" : terminalSafe(text.error(step.error)),
    step.advice === undefined ? "" : `→ ${terminalSafe(text.sentence(`doctor.advice.${step.advice}`, step.params))}`,
  ].filter((line) => line !== "");
  return [`${MARKS[step.state]} ${name}${took}`, ...more.map((line) => `    ${line}`)]
    .map((line) => `${line}\n`)
    .join("");
}

/** The site that is named, or one of its own for `--source`, which is forgotten again. */
async function visitedSite(
  sites: SitesService,
  options: DoctorOptions,
): Promise<AsyncDisposable & { readonly site: SiteId }> {
  if (options.site !== undefined)
    return { site: await siteByName(sites, options.site), [Symbol.asyncDispose]: async () => {} };
  if (options.source === undefined)
    return { site: await siteByName(sites, "lab"), [Symbol.asyncDispose]: async () => {} };
  if (options.username !== undefined || options.tokenFile !== undefined) {
    throw new AppError("request.invalid", { path: "--username", problem: "--site" });
  }
  const config: SiteConfig = {
    kind: "direct",
    name: options.source,
    url: options.source,
    auth: { kind: "none" },
    ...(options.tenant === undefined ? {} : { tenants: [options.tenant] }),
  };
  const { id } = await sites.save(undefined, config);
  return { site: id, [Symbol.asyncDispose]: async () => void (await sites.remove(id)) };
}

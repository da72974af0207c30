import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { watchdogOptionsSchema, type WatchdogManifests } from "../../src-shared/model/health/watchdog.ts";
import { systemClock } from "../core/common/clock.ts";
import { readInventory } from "../core/health/inventory/read-inventory.ts";
import { watchdogManifests } from "../core/health/watchdog/watchdog-manifests.ts";
import { openBase, type CommandContext } from "./command-context.ts";
import { openCommandSites, siteByName } from "./command-sites.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import type { ManifestsCommandOptions } from "./watchdog-options.ts";

/** Prints what a person may apply, or writes it into a folder. Reads the cluster and changes nothing in it. */
export async function runWatchdogManifests(context: CommandContext, options: ManifestsCommandOptions): Promise<void> {
  const { terminal } = context;
  if (options.site === undefined) throw new AppError("request.invalid", { path: "--site", problem: "" });
  const parsed = watchdogOptionsSchema.safeParse({
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(options.limitsConfigMap === undefined ? {} : { limitsConfigMap: options.limitsConfigMap }),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError("request.invalid", { path: `--${issue?.path.join(".") ?? ""}`, problem: issue?.message ?? "" });
  }
  await using stack = new AsyncDisposableStack();
  const base = stack.use(openBase(context));
  const sites = await openCommandSites(base, context, stack);
  const site = await siteByName(sites, options.site);
  const client = await sites.kubernetesFor(site);
  const discovery = await sites.discoveryFor(site, terminal.signal);
  const manifests = watchdogManifests(
    await readInventory(client, discovery, systemClock, terminal.signal),
    parsed.data,
  );
  if (options.directory !== undefined) await writeAll(options.directory, manifests);
  await write(terminal.stdout, options.output === "json" ? jsonLine(manifests) : manifestsText(context, manifests));
}

async function writeAll(folder: string, { files }: WatchdogManifests): Promise<void> {
  for (const { name, text } of files) {
    const file = join(folder, name);
    try {
      // oxlint-disable-next-line no-await-in-loop -- the first that fails ends it
      await mkdir(folder, { recursive: true });
      // oxlint-disable-next-line no-await-in-loop -- the first that fails ends it
      await writeFile(file, text, { flag: "wx" });
    } catch (error) {
      const problem = error instanceof Error && "code" in error ? String(error.code) : "";
      throw new AppError("files.unwritable", { file, problem }, { cause: error });
    }
  }
}

function manifestsText({ text }: CommandContext, { files, statements }: WatchdogManifests): string {
  const told = statements.map((key) => `- ${text.sentence(`watchdog.statement.${key}`)}\n`).join("");
  const printed = files.map(({ name, command, text: content }) => `\n==> ${name}\n$ ${command}\n\n${content}`).join("");
  // Line by line, since a line break is a control character too.
  return (told + printed).split("\n").map(terminalSafe).join("\n");
}

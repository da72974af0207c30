import type { CredentialPlugin } from "../../../src-shared/api/sites.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { shownArguments, shownEnvironment } from "./exec-command.ts";
import type { ExecPlugins } from "./exec-plugin.ts";
import type { KubeContext } from "./kubeconfig-model.ts";
import type { PluginConfirmations } from "./plugin-confirmations.ts";

/** Every program that the kubeconfigs want to run, each once, with the contexts that need it. */
export async function listPlugins(
  contexts: readonly KubeContext[],
  plugins: ExecPlugins,
  confirmations: PluginConfirmations,
): Promise<CredentialPlugin[]> {
  const found = new Map<string, CredentialPlugin>();
  for (const context of contexts) {
    const spec = context.user?.exec ?? null;
    if (spec === null) continue;
    // oxlint-disable-next-line no-await-in-loop -- the PATH is asked for once, the rest are a few file look-ups
    const { hash, file } = await plugins.resolve(spec);
    const known = found.get(hash);
    found.set(hash, {
      hash,
      command: file ?? spec.command,
      args: shownArguments(spec.args),
      env: shownEnvironment(spec.env),
      contexts: [...(known?.contexts ?? []), context.name],
      confirmed: confirmations.has(hash),
    });
  }
  return [...found.values()];
}

/** Allows a listed program to run, or takes that back. Rejects with `plugin.unknown` for any other hash. */
export async function confirmPlugin(
  listed: readonly CredentialPlugin[],
  confirmations: PluginConfirmations,
  hash: string,
  confirmed: boolean,
): Promise<void> {
  const plugin = listed.find((candidate) => candidate.hash === hash);
  if (plugin === undefined) throw new AppError("plugin.unknown", { hash: hash.slice(0, 80) });
  await confirmations.set(hash, plugin.command, confirmed);
}

import type { BucketState } from "../../src-shared/model/storage/bucket-state.ts";
import type { StoreCheck } from "../../src-shared/model/storage/store.ts";
import { openBucketStates } from "../core/console-bucket-state.ts";
import { HealthSites } from "../core/console-health-sites.ts";
import type { OpenHealthSite } from "../core/health/health-site.ts";
import { checkStore } from "../core/storage/stores/check-store.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { ExitWith } from "./exit-with.ts";
import { openAddressed, openCliStores, storeSubject } from "./open-storage-store.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";
import { KUBEMATE_VERSION } from "./version.ts";

export interface StorageHealthOptions {
  readonly store: string;
  readonly check?: boolean;
  readonly write?: boolean;
  readonly requireWell?: boolean;
  readonly output: OutputFormat;
}

/** Prints the state of a bucket: what its servers tell, its settings, and what endangers Loki's data, the worst first. */
export async function runStorageHealth(
  context: CommandContext,
  { store: address, check = false, write: mayWrite = false, requireWell = false, output }: StorageHealthOptions,
): Promise<void> {
  const { stdout, signal } = context.terminal;
  using base = openBase(context);
  await using stack = new AsyncDisposableStack();
  const subject = { store: storeSubject(address), write: check && mayWrite };
  const permission = check ? "storage.scan" : "storage.read";
  const act = { action: "storage.health", permission, auditClass: "access", subject } as const;
  const { state, checks } = await audited(base, context, act, async () => {
    const stores = await openCliStores(base, context, stack);
    const { service, sites } = stores;
    const opened = stack.use(await openAddressed(address, stores, context));
    const openSite: OpenHealthSite = async (site, inner) => {
      const healthSites = stack.use(new HealthSites({ base, sites: await sites(), intervalMs: () => 30_000 }));
      return healthSites.open(site, inner);
    };
    const parts = { base, stores: service, openSite, version: KUBEMATE_VERSION, keepsHistory: false };
    const states = stack.use(openBucketStates(parts));
    const seen = await states.stateOf(opened, signal);
    const tried = check ? await checkStore(opened, { write: mayWrite, clock: base.clock }, signal) : null;
    return { state: seen, checks: tried };
  });
  if (output === "text") await write(stdout, textOf(context, state, checks));
  else await write(stdout, jsonLine(checks === null ? state : { ...state, checks }));
  const ill = state.judgement.findings.some(({ severity }) => severity === "critical");
  const failed = checks?.some((done) => done.state === "failed") === true;
  if (requireWell && (ill || failed)) throw new ExitWith(EXIT_CODES.incomplete);
}

function textOf({ text }: CommandContext, state: BucketState, checks: readonly StoreCheck[] | null): string {
  const { judgement, health, settings, problems } = state;
  const free = health?.capacity.usableFreeBytes ?? health?.capacity.rawFreeBytes ?? null;
  const lines = [
    ...judgement.findings.map(({ rule, severity, where, params }) => {
      const title = text.sentence(`storage.bucket.${rule}.title`, params);
      return `${severity.padEnd(8)} ${rule} ${where}: ${title}`;
    }),
    ...(checks ?? []).map(checkLine),
    ...(free === null ? [] : [`${free} bytes free`]),
    ...(settings === null ? [] : [`versioning ${settings.versioning ?? "unknown"}`]),
    ...problems.map(({ what, error }) => `not known: ${what}: ${text.error(error)}`),
    `${judgement.findings.length} findings; ${judgement.passed.length} rules passed, ${judgement.silent.length} could not be judged`,
  ];
  return `${lines.map(terminalSafe).join("\n")}\n`;
}

function checkLine({ check, state, reason, params }: StoreCheck): string {
  const why = reason === null ? "" : ` ${reason} ${Object.values(params).join(" ")}`;
  return `${state.padEnd(8)} ${check}${why.trimEnd()}`;
}

import { AppError } from "../../src-shared/errors/app-error.ts";
import { msFromNano } from "../../src-shared/model/nano-time.ts";
import type { RestoreRequest } from "../../src-shared/model/storage/restore.ts";
import type { AddressedStores } from "./addressed-stores.ts";
import { parseInstant } from "./time-arguments.ts";

export const DRILL_FORMATS = ["text", "json", "markdown", "html"] as const;

export interface StorageDrillOptions {
  readonly store?: string;
  readonly into?: string;
  readonly asOf?: string;
  readonly fromStore?: string;
  readonly tenant?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly deep?: boolean;
  readonly reason?: string;
  readonly reportDir?: string;
  readonly language?: string;
  readonly indexPrefix: string;
  readonly output: (typeof DRILL_FORMATS)[number];
}

/** What the options ask for. @throws AppError `request.invalid`, `logs.range-invalid`, and what the stores reject with */
export async function drillRequest(
  options: StorageDrillOptions,
  stores: AddressedStores,
  nowMs: number,
): Promise<{ readonly request: RestoreRequest; readonly title: string; readonly into: string }> {
  const { store: address, asOf, fromStore, tenant, from, to, deep = false } = options;
  if (address === undefined) throw missing("--store");
  if (asOf !== undefined && fromStore !== undefined) {
    throw new AppError("request.invalid", { path: "--as-of", problem: "either --as-of or --from-store" });
  }
  const store = await stores.name(address);
  const target = options.into ?? store.config.scratch;
  if (target === null) throw missing("--into");
  const into = await stores.name(target);
  const instant = (text: string | undefined) => (text === undefined ? null : msFromNano(parseInstant(text, nowMs)));
  const asOfMs = instant(asOf);
  const copy = fromStore ?? store.config.dr;
  if (asOfMs === null && copy === null) throw missing("--as-of | --from-store");
  const source: RestoreRequest["source"] =
    asOfMs !== null || copy === null
      ? { kind: "versions", asOfMs: asOfMs ?? nowMs }
      : { kind: "store", store: (await stores.name(copy)).id };
  return {
    request: {
      store: store.id,
      source,
      scope: { tenants: tenant === undefined ? null : [...tenant], fromMs: instant(from), throughMs: instant(to) },
      findings: null,
      verify: deep ? "deep" : "fast",
      into: into.id,
      bytesPerSecond: null,
    },
    title: store.title,
    into: into.title,
  };
}

function missing(path: string): AppError {
  return new AppError("request.invalid", { path, problem: "needed" });
}

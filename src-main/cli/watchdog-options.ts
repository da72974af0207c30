import { AppError } from "../../src-shared/errors/app-error.ts";
import { limitsConfigMapSchema } from "../../src-shared/model/health/watchdog.ts";
import { parseDuration } from "./time-arguments.ts";

export interface WatchdogCommandOptions {
  readonly site?: string;
  readonly serviceAccount?: string;
  readonly namespace?: string;
  readonly interval: string;
  readonly metricsListen: string;
  readonly scheme?: "http" | "https";
  readonly pathPrefix?: string;
  readonly dryRun?: boolean;
  readonly limitsConfigMap?: string;
}

export interface ManifestsCommandOptions {
  readonly site?: string;
  readonly namespace?: string;
  readonly image?: string;
  readonly directory?: string;
  readonly limitsConfigMap?: string;
  readonly output: "text" | "json";
}

const SHORTEST_MS = 1_000;
/** The detector compares windows of 30 s; with fewer samples in them it would see nothing and say so of nobody. */
const LONGEST_MS = 15_000;

/** Milliseconds. @throws AppError `request.invalid` */
export function intervalMs(text: string): number {
  const duration = parseDuration(text);
  const ms = duration === null ? Number.NaN : Number(duration / 1_000_000n);
  if (ms >= SHORTEST_MS && ms <= LONGEST_MS) return ms;
  throw new AppError("request.invalid", { path: "--interval", problem: text.slice(0, 100) });
}

/** `name/key` of `--limits-config-map`. @throws AppError `request.invalid` */
export function limitsConfigMapOption(text: string): { readonly name: string; readonly key: string } {
  const [name = "", key = ""] = text.split("/");
  if (limitsConfigMapSchema.safeParse(text).success) return { name, key };
  throw new AppError("request.invalid", { path: "--limits-config-map", problem: text.slice(0, 100) });
}

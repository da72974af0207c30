import { AppError } from "../../src-shared/errors/app-error.ts";
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
}

export interface ManifestsCommandOptions {
  readonly site?: string;
  readonly namespace?: string;
  readonly image?: string;
  readonly directory?: string;
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

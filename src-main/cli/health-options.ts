import { AppError } from "../../src-shared/errors/app-error.ts";
import type { OutputFormat } from "./command-context.ts";
import type { SourceOptions } from "./source-options.ts";

/** Options of `health board` as commander hands them on. */
export interface HealthOptions extends SourceOptions {
  readonly output: OutputFormat;
  readonly wait: string;
  readonly interval: string;
  readonly follow?: boolean;
}

/** A number of seconds in milliseconds. @throws AppError `request.invalid` */
export function secondsOption(name: string, text: string, least: number, most: number): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= least && seconds <= most) return seconds * 1_000;
  throw new AppError("request.invalid", { path: name, problem: `${least} … ${most}` });
}

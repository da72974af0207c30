import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import type { ArchiveScanner } from "./scan/archive-scanner.ts";

export interface ArchiveLogSourceOptions {
  readonly contents: ArchiveContents;
  readonly tenant: string;
  readonly title: string;
  readonly pool: ArchiveScanner;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One tenant's logs of an opened archive. Disposing it leaves archive and pool as they are. */
export function createArchiveLogSource(options: ArchiveLogSourceOptions): LogSource {
  throw new AppError("logs.unsupported", { capability: options.title });
}

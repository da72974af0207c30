import type { LogFields, Logger } from "../../src-main/core/common/logger.ts";

export interface LoggedLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields | undefined;
  readonly error?: unknown;
}

/** A logger that keeps what was logged, for tests that ask. */
export function silentLogger(lines: LoggedLine[] = []): Logger {
  const logger: Logger = {
    debug: (message, fields) => void lines.push({ level: "debug", message, fields }),
    info: (message, fields) => void lines.push({ level: "info", message, fields }),
    warn: (message, fields) => void lines.push({ level: "warn", message, fields }),
    error: (message, error, fields) => {
      lines.push({ level: "error", message, fields, error });
      return `ref-${lines.length}`;
    },
    child: () => logger,
  };
  return logger;
}

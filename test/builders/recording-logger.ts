import type { LogFields, Logger } from "../../src-main/core/common/logger.ts";

export interface LoggedLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
  readonly error?: unknown;
}

/** Remembers what was logged; its references count up. */
export class RecordingLogger implements Logger {
  readonly lines: LoggedLine[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "debug", message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "info", message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "warn", message, fields });
  }

  error(message: string, error: unknown, fields: LogFields = {}): string {
    this.lines.push({ level: "error", message, fields, error });
    return `kc-${String(this.lines.length).padStart(8, "0")}`;
  }

  child(): Logger {
    return this;
  }
}

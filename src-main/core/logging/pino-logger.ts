import { randomBytes } from "node:crypto";
import { pino, type DestinationStream, type Logger as PinoInstance } from "pino";
import type { Logger, LogFields } from "../common/logger.ts";
import { redactText, redactValue } from "./redaction.ts";

export type LogLevelName = "debug" | "info" | "warn" | "error";

/** The console's log: one JSON object a line, secrets taken out, every failure under a reference a person can quote. */
export interface ConsoleLogger extends Logger {
  setLevel(level: LogLevelName): void;
}

export function createPinoLogger(destination: DestinationStream, level: LogLevelName): ConsoleLogger {
  const root = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return { ...wrap(root, root, "console"), setLevel: (next) => (root.level = next) };
}

function wrap(root: PinoInstance, instance: PinoInstance, component: string): Logger {
  const write = (level: LogLevelName) => (message: string, fields?: LogFields) => {
    // Children copy the root's level when they are made; what counts is the root's level now.
    if (!root.isLevelEnabled(level)) return;
    instance[level]({ component, ...fieldsOf(fields) }, redactText(message));
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: (message, error, fields) => {
      const reference = newReference();
      instance.error({ component, reference, error: redactValue(error), ...fieldsOf(fields) }, redactText(message));
      return reference;
    },
    child: (name) => wrap(root, instance, name),
  };
}

function fieldsOf(fields: LogFields | undefined): LogFields {
  // A record of fields stays a record when it is redacted.
  return fields === undefined ? {} : (redactValue(fields) as LogFields);
}

/** `kc-` and eight hex digits: short enough to read out over the phone. */
function newReference(): string {
  return `kc-${randomBytes(4).toString("hex")}`;
}

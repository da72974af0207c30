/** Fields of a log line; redacted by key before they are written. Log text of tenants never goes in here. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The program's own structured log. The adapter over pino is in `core/logging`. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Writes the whole of `error` (stack and causes) and answers with the reference that a person may quote. */
  error(message: string, error: unknown, fields?: LogFields): string;
  child(component: string): Logger;
}

/** Runs a promise nobody waits for; a rejection is logged, never lost. */
export function fireAndForget(promise: Promise<unknown>, logger: Logger, what: string): void {
  promise.catch((error: unknown) => {
    logger.error(what, error);
  });
}

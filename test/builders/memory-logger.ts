import type { Logger } from "../../src-main/core/common/logger.ts";

/** Keeps what was logged, with references as the real one gives them. */
export class MemoryLogger implements Logger {
  readonly errors: { readonly message: string; readonly error: unknown; readonly reference: string }[] = [];
  readonly warnings: string[] = [];

  debug(): void {}
  info(): void {}
  warn(message: string): void {
    this.warnings.push(message);
  }
  error(message: string, error: unknown): string {
    const reference = `kc-${String(this.errors.length + 1).padStart(8, "0")}`;
    this.errors.push({ message, error, reference });
    return reference;
  }
  child(): Logger {
    return this;
  }
}

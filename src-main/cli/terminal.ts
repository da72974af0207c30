import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { WorkerLocator } from "../core/common/worker-entry.ts";

/** What a command may touch of the process it runs in, so that tests can stand in for it. */
export interface Terminal {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C and by a pipe whose reader has gone. */
  readonly signal: AbortSignal;
  readonly locateWorker: WorkerLocator;
  /** Standard input, for a command that reads all of it. */
  readonly stdin: Readable;
  /** Calls back for each line of standard input, if there is one to read; the answer ends it. */
  onLine(listener: (line: string) => void): () => void;
  /** Told of a promise that failed and that nobody waited for, instead of the process ending; the answer ends it. */
  onLostRejection(listener: (error: unknown) => void): () => void;
  /** The built page, for `serve`. */
  readonly pageDirectory: string;
}

/** Writes and waits while the reader is slow, so that a large answer never piles up in memory. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (stream.destroyed || stream.write(text)) return;
  const settled = new AbortController();
  try {
    await Promise.race([
      once(stream, "drain", { signal: settled.signal }),
      once(stream, "close", { signal: settled.signal }),
    ]);
  } finally {
    settled.abort();
  }
}

/** Resolves when the person has had enough. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

/** One line of JSON; bigints as decimal text. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? item.toString() : item))}\n`;
}

/**
 * Text from outside for a terminal: control characters (but tab), escape sequences and bidi overrides are shown as their code
 * points, so that a log line cannot move the cursor, change the title or fake another line.
 */
export function terminalSafe(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `⟦U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟧`,
  );
}

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNSAFE = /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

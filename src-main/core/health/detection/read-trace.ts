import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { ScrapeRound } from "./scrape.ts";
import { TraceRounds } from "./trace-rounds.ts";

/**
 * Reads a recording of scrapes round by round; `.gz` by its name.
 * @throws `files.unreadable` for a file that is not there, ends early or holds something else
 */
export async function* readTrace(file: string): AsyncGenerator<ScrapeRound, void, void> {
  const raw = createReadStream(file);
  const input = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
  // A pipe does not hand on what its beginning fails of.
  raw.on("error", (error) => input.destroy(error));
  const rounds = new TraceRounds();
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const finished = rounds.line(line);
      if (finished !== null) yield finished;
    }
    const last = rounds.end();
    if (last !== null) yield last;
  } catch (error) {
    const problem = error instanceof Error ? error.message.slice(0, 200) : "unreadable";
    throw new AppError("files.unreadable", { file, problem }, { cause: error });
  } finally {
    raw.destroy();
  }
}

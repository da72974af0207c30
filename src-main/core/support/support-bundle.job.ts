import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { JobDefinition } from "../jobs/job-definition.ts";
import { redactText, redactValue } from "../logging/redaction.ts";

const inputSchema = z.object({ file: z.string() });
const checkpointSchema = z.object({});
const outputSchema = z.object({ file: z.string(), files: z.array(z.string()) });

type Input = z.infer<typeof inputSchema>;
type Output = z.infer<typeof outputSchema>;

/** What a bundle is made of. `facts` are named JSON documents; all of it is redacted again on its way in. */
export interface SupportSources {
  readonly facts: () => Promise<Readonly<Record<string, unknown>>>;
  readonly logFiles: () => readonly string[];
}

export function supportBundleInput(exportsDirectory: string, nowMs: number): Input {
  const stamp = new Date(nowMs).toISOString().replaceAll(":", "-").slice(0, 19);
  return { file: join(exportsDirectory, `support-${stamp}.zip`) };
}

/**
 * Collects versions, settings, site facts, audit verdict and the console's own logs into one zip. No tenant's log line and
 * no secret goes in. Written under a temporary name and renamed last: a bundle that is there is whole.
 */
export function createSupportBundleJob(sources: SupportSources): JobDefinition<Input, object, Output> {
  return {
    kind: "support-bundle",
    input: inputSchema,
    checkpoint: checkpointSchema,
    output: outputSchema,
    canPause: false,
    titleParams: ({ file }) => ({ file: basename(file) }),
    run: async ({ input, signal, report }) => {
      const partial = `${input.file}.partial`;
      const facts = Object.entries(await sources.facts());
      const logs = sources.logFiles();
      const total = facts.length + logs.length;
      const zip = new ZipFile();
      const files: string[] = [];
      const added = (name: string) => {
        files.push(name);
        report({ phase: "collect", fraction: files.length / total, done: files.length, total, unit: "steps" });
      };
      for (const [name, fact] of facts) {
        zip.addBuffer(Buffer.from(`${JSON.stringify(redactValue(fact), null, 2)}\n`), name);
        added(name);
      }
      for (const log of logs) {
        const name = `logs/${basename(log)}`;
        zip.addReadStream(Readable.from(redactedLines(log)), name);
        added(name);
      }
      zip.end();
      try {
        await pipeline(zip.outputStream, createWriteStream(partial, { mode: 0o600 }), { signal });
        await rename(partial, input.file);
      } catch (error) {
        await rm(partial, { force: true });
        if (signal.aborted) throw new AppError("request.cancelled", {}, { cause: error });
        throw new AppError(
          "files.unwritable",
          { file: input.file, problem: String(error).slice(0, 300) },
          { cause: error },
        );
      }
      return { file: input.file, files };
    },
  };
}

async function* redactedLines(file: string): AsyncGenerator<string, void, void> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    yield `${redactText(line)}\n`;
  }
}

import { createHash } from "node:crypto";
import { open, truncate } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { JobDefinition } from "../jobs/job-definition.ts";
import type { AuditLog } from "./audit-log.ts";

const inputSchema = z.object({ file: z.string(), lastSequence: z.number() });
const checkpointSchema = z.object({ sequence: z.number(), bytes: z.number() });
const outputSchema = z.object({
  file: z.string(),
  entries: z.number(),
  bytes: z.number(),
  sha256: z.string().nullable(),
});

type Input = z.infer<typeof inputSchema>;
type Checkpoint = z.infer<typeof checkpointSchema>;
type Output = z.infer<typeof outputSchema>;

const ENTRIES_A_PIECE = 500;

/** Where the next export of a chain goes, named after its last entry. */
export function auditExportInput(exportsDirectory: string, log: AuditLog, nowMs: number): Input {
  const stamp = new Date(nowMs).toISOString().replaceAll(":", "-").slice(0, 19);
  return { file: join(exportsDirectory, `audit-${stamp}.ndjson`), lastSequence: log.head().sequence };
}

/**
 * Writes the chain as NDJSON, one entry a line, unchanged, so that anyone can recompute the hashes. Killed at any point, it
 * goes on after the last piece that was committed and cuts off what was written past it.
 */
export function createAuditExportJob(log: AuditLog): JobDefinition<Input, Checkpoint, Output> {
  return {
    kind: "audit-export",
    input: inputSchema,
    checkpoint: checkpointSchema,
    output: outputSchema,
    canPause: true,
    titleParams: ({ lastSequence }) => ({ entries: lastSequence }),
    run: async ({ input, checkpoint, signal, commit, report }) => {
      let { sequence, bytes } = checkpoint ?? { sequence: 0, bytes: 0 };
      try {
        await using handle = await open(input.file, "a", 0o600);
        await truncate(input.file, bytes);
        while (sequence < input.lastSequence && !signal.aborted) {
          const piece = nextPiece(log, sequence, input.lastSequence);
          if (piece.entries === 0) break;
          await handle.appendFile(piece.text);
          await handle.datasync();
          sequence = piece.lastSequence;
          bytes += Buffer.byteLength(piece.text);
          await commit({ sequence, bytes });
          report({
            phase: "write",
            fraction: sequence / input.lastSequence,
            done: sequence,
            total: input.lastSequence,
            unit: "rows",
          });
        }
      } catch (error) {
        throw fileError(error, input.file);
      }
      const sha256 = signal.aborted ? null : await hashOf(input.file);
      return { file: input.file, entries: sequence, bytes, sha256 };
    },
  };
}

function nextPiece(
  log: AuditLog,
  after: number,
  last: number,
): { text: string; entries: number; lastSequence: number } {
  let text = "";
  let entries = 0;
  let lastSequence = after;
  for (const { sequence, body } of log.bodies(after)) {
    if (entries >= ENTRIES_A_PIECE || sequence > last) break;
    text += `${body}\n`;
    entries += 1;
    lastSequence = sequence;
  }
  return { text, entries, lastSequence };
}

async function hashOf(file: string): Promise<string> {
  await using handle = await open(file, "r");
  const hash = createHash("sha256");
  for await (const piece of handle.createReadStream({ autoClose: false })) {
    // A stream without an encoding yields bytes.
    hash.update(piece as Buffer);
  }
  return hash.digest("hex");
}

function fileError(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return new AppError("files.disk-full", { file }, { cause: error });
  }
  return new AppError("files.unwritable", { file, problem: String(error).slice(0, 300) }, { cause: error });
}

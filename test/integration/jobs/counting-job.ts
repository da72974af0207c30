import { appendFileSync, existsSync, truncateSync } from "node:fs";
import { z } from "zod";
import type { JobDefinition } from "../../../src-main/core/jobs/job-definition.ts";

const inputSchema = z.object({ file: z.string(), lines: z.number() });
const checkpointSchema = z.object({ lines: z.number(), bytes: z.number() });
const outputSchema = z.object({ lines: z.number() });

/** Writes numbered lines to a file in small committed pieces; what was written past the last commit is cut off on resume. */
export function createCountingJob(
  onCommit: (lines: number) => void,
): JobDefinition<z.infer<typeof inputSchema>, z.infer<typeof checkpointSchema>, z.infer<typeof outputSchema>> {
  return {
    kind: "counting",
    input: inputSchema,
    checkpoint: checkpointSchema,
    output: outputSchema,
    canPause: true,
    titleParams: ({ lines }) => ({ lines }),
    run: async ({ input, checkpoint, signal, commit, report }) => {
      let { lines, bytes } = checkpoint ?? { lines: 0, bytes: 0 };
      if (existsSync(input.file)) truncateSync(input.file, bytes);
      while (lines < input.lines && !signal.aborted) {
        const text = `${lines}\n`;
        appendFileSync(input.file, text);
        lines += 1;
        bytes += text.length;
        await commit({ lines, bytes });
        onCommit(lines);
        report({ phase: "count", fraction: lines / input.lines, done: lines, total: input.lines, unit: "rows" });
        // Lets what was printed leave the process before the next line.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return { lines };
    },
  };
}

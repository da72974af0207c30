import { z } from "zod";

/** One line of the benchmark table. Every `*.bench.ts` prints them as JSON, one a line, on standard output. */
export const benchLineSchema = z.object({
  /** What was measured, as the table words it. */
  what: z.string(),
  /** What is wanted: `≤ 1 s`. */
  reach: z.string(),
  /** What was seen, with its unit. */
  measured: z.string(),
  /** Whether it was reached; `null` for a figure that only informs. */
  ok: z.boolean().nullable(),
});

export type BenchLine = z.infer<typeof benchLineSchema>;

export function printBenchLine(line: BenchLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

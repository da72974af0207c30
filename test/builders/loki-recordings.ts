import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";

const FOLDER = new URL("../fixtures/loki-api/", import.meta.url);

const recordingSchema = z.object({
  name: z.string(),
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullish(),
  }),
  status: z.number().nullable(),
  headers: z.array(z.tuple([z.string(), z.string()])).optional(),
  handshake: z.string().optional(),
  body: z.string().nullish(),
  frames: z
    .array(
      z.object({
        t_ms: z.number().optional(),
        opcode: z.number().optional(),
        text: z.string().optional(),
        close_code: z.number().optional(),
        reason: z.string().optional(),
        eof: z.boolean().optional(),
      }),
    )
    .optional(),
});

/** One exchange with a real Loki 3.7.6. */
export type LokiRecording = z.infer<typeof recordingSchema>;

/** By file name without `.json`, or by the number it begins with. */
export function lokiRecording(name: string): LokiRecording {
  const file = readdirSync(FOLDER).find((entry) => entry === `${name}.json` || entry.startsWith(`${name}-`));
  if (file === undefined) throw new Error(`no recording ${name}`);
  return recordingSchema.parse(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));
}

/** All of them, in the order of their numbers. */
export function lokiRecordings(): readonly LokiRecording[] {
  return readdirSync(FOLDER)
    .filter((file) => /^\d{3}-.*\.json$/.test(file))
    .toSorted()
    .map((file) => recordingSchema.parse(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))));
}

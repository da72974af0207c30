import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";

const FOLDER = new URL("../fixtures/loki-api/", import.meta.url);
const DATASET = new URL("../fixtures/logql/dataset/", import.meta.url);

const exchangeSchema = z.object({
  name: z.string(),
  base: z.enum(["api", "main"]),
  at: z.string().optional(),
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullish(),
  }),
  status: z.number(),
  headers: z.array(z.tuple([z.string(), z.string()])).default([]),
  body: z.string().nullish(),
  body_cut_at: z.number().optional(),
});

/** One exchange with a real Loki, with the server it went to: `main` holds the LogQL corpus, `api` fresh data. */
export type LokiExchange = z.infer<typeof exchangeSchema>;

export function lokiExchanges(): LokiExchange[] {
  return readdirSync(FOLDER)
    .filter((file) => /^\d{3}-.*\.json$/.test(file))
    .toSorted()
    .map((file) => exchangeSchema.parse(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"))));
}

const entrySchema = z.object({
  tenant: z.string(),
  labels: z.record(z.string(), z.string()),
  ts: z.string(),
  line: z.string(),
  metadata: z.record(z.string(), z.string()).optional(),
});
export type CorpusEntry = z.infer<typeof entrySchema>;

/** The entries of the LogQL corpus, in push order. */
export function corpusEntries(): CorpusEntry[] {
  return readdirSync(DATASET)
    .filter((file) => file.endsWith(".ndjson"))
    .toSorted()
    .flatMap((file) =>
      readFileSync(new URL(file, DATASET), "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => entrySchema.parse(JSON.parse(line))),
    );
}

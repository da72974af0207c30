import { z } from "zod";
import { nanoTimeSchema } from "../../src-shared/model/nano-time.ts";
import { ChunkBuilder } from "./store/chunk-builder.ts";
import type { LogStore } from "./store/tenant-store.ts";
import { SeededRandom } from "./traffic/seeded-random.ts";

/** So many lines of a tenant, spread evenly over a range and over streams; the same request always makes the same lines. */
export const seedRequestSchema = z.object({
  tenant: z.string().default("bench"),
  lines: z.number().int().min(1).max(20_000_000),
  streams: z.number().int().min(1).max(500).default(8),
  startNs: nanoTimeSchema,
  endNs: nanoTimeSchema,
  /** About how long a line is, in bytes. */
  lineBytes: z.number().int().min(40).max(10_000).default(150),
  seed: z.number().int().default(1),
});
export type SeedRequest = z.output<typeof seedRequestSchema>;

export interface SeedResult {
  readonly tenant: string;
  readonly lines: number;
  readonly streams: number;
  /** What the lines hold in memory. */
  readonly sizeBytes: number;
}

const CHUNK_LINES = 4_000;
const LEVELS = ["info", "info", "info", "info", "info", "info", "warn", "debug", "debug", "error"] as const;

/**
 * Fills a tenant for a bench. The lines are kept whatever the retention of pushed streams is, and go with the lab. Line `i`
 * is in stream `i % streams`, has `seq=i` in it, and a timestamp of its own as long as the range has that many nanoseconds.
 */
export function seedLines(store: LogStore, request: SeedRequest): SeedResult {
  const tenant = store.tenant(request.tenant);
  const stepNs = (request.endNs - request.startNs) / BigInt(request.lines);
  let sizeBytes = 0;
  for (let number = 0; number < request.streams; number += 1) {
    const labels = {
      app: `bench-${number % 4}`,
      cluster: "lab",
      namespace: "bench",
      pod: `bench-${number}`,
      service_name: `bench-${number % 4}`,
    };
    const stream = tenant.openPushed(labels);
    const random = new SeededRandom(request.seed * 7_919 + number);
    const filler = "abcdefghijklmnopqrstuvwxyz0123456789 ".repeat(Math.ceil(request.lineBytes / 37) + 1);
    let builder = new ChunkBuilder(CHUNK_LINES * (request.lineBytes + 140));
    for (let line = number; line < request.lines; line += request.streams) {
      const level = LEVELS[random.int(0, 9)] ?? "info";
      const head = `level=${level} seq=${line} latency_ms=${random.int(1, 900)} msg="`;
      const text = `${head}${filler.slice(line % 37, (line % 37) + Math.max(0, request.lineBytes - head.length - 1))}"`;
      const piece = `,{"structuredMetadata":{"detected_level":"${level}"}}],`;
      builder.appendPiece(request.startNs + BigInt(line) * stepNs, text, piece, 14 + level.length);
      if (builder.count === CHUNK_LINES) {
        sizeBytes += builder.sizeBytes;
        stream.appendChunk(builder.build());
        builder = new ChunkBuilder(CHUNK_LINES * (request.lineBytes + 140));
      }
    }
    if (builder.count > 0) {
      sizeBytes += builder.sizeBytes;
      stream.appendChunk(builder.build());
    }
  }
  return { tenant: request.tenant, lines: request.lines, streams: request.streams, sizeBytes };
}

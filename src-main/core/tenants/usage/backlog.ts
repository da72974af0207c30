import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { queryCostSchema } from "../../../../src-shared/model/tenants/query-cost.ts";

const scopeSchema = z.object({ kind: z.enum(["tenant", "user", "role"]), name: z.string(), period: z.string() });

/** What waits for the ledger. A `spend` with scopes was never reserved: the ledger was away. */
export const ledgerEntrySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("cost"), cost: queryCostSchema }),
  z.object({
    kind: z.literal("spend"),
    id: z.string(),
    bytes: z.number().min(0),
    scopes: z.array(scopeSchema).nullable(),
  }),
]);
export type LedgerEntry = z.output<typeof ledgerEntrySchema>;

export interface BacklogOptions {
  readonly directory: string;
  /** Older segments are dropped beyond it. */
  readonly maxBytes: number;
  readonly segmentBytes: number;
}

interface Segment {
  readonly file: string;
  entries: number;
  bytes: number;
}

const NAME = /^\d{12}\.jsonl$/;
const DROPPED = "dropped";

/**
 * Costs and settlements that the ledger could not take, on disk in the order they came: JSON lines in segments, of which the
 * oldest is dropped, and counted, when there are too many. A line that a crash cut in half is counted as dropped.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  readonly #segments: Segment[] = [];
  #next = 0;
  #dropped = 0;

  constructor(options: BacklogOptions) {
    this.#options = options;
    const { directory } = options;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(directory)
      .filter((entry) => NAME.test(entry))
      .toSorted()) {
      const file = join(directory, name);
      this.#segments.push({ file, entries: linesOf(file).length, bytes: statSync(file).size });
      this.#next = Number(name.slice(0, 12)) + 1;
    }
    this.#dropped = existsSync(this.#droppedFile) ? Number(readFileSync(this.#droppedFile, "utf8")) || 0 : 0;
  }

  /** How many entries wait. */
  get waiting(): number {
    return this.#segments.reduce((sum, { entries }) => sum + entries, 0);
  }

  /** How many were dropped since the folder was begun. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Keeps entries behind those that wait already. Rejects with what the file system says. */
  async append(entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    let last = this.#segments.at(-1);
    if (last === undefined || last.bytes >= this.#options.segmentBytes) {
      const name = `${String(this.#next).padStart(12, "0")}.jsonl`;
      this.#next += 1;
      last = { file: join(this.#options.directory, name), entries: 0, bytes: 0 };
      this.#segments.push(last);
    }
    last.entries += entries.length;
    last.bytes += Buffer.byteLength(text);
    await appendFile(last.file, text, { mode: 0o600, flush: true });
    while (this.#segments.length > 1 && this.#bytes() > this.#options.maxBytes) this.#dropOldest();
  }

  /** The entries of the oldest segment; `null` where nothing waits. They stay until `done`. */
  oldest(): { readonly entries: readonly LedgerEntry[]; done(): void } | null {
    const segment = this.#segments[0];
    if (segment === undefined) return null;
    const lines = existsSync(segment.file) ? linesOf(segment.file) : [];
    const entries = lines.flatMap((line) => parseEntry(line) ?? []);
    // Appended behind what was read: taken next time.
    const taken = segment.entries;
    return {
      entries,
      done: () => {
        if (this.#segments[0] !== segment) return;
        if (segment.entries > taken) throw new Error("a segment grew while it was sent");
        this.#segments.shift();
        rmSync(segment.file, { force: true });
        this.#count(lines.length - entries.length);
      },
    };
  }

  get #droppedFile(): string {
    return join(this.#options.directory, DROPPED);
  }

  #bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #dropOldest(): void {
    const segment = this.#segments.shift();
    if (segment === undefined) return;
    rmSync(segment.file, { force: true });
    this.#count(segment.entries);
  }

  #count(dropped: number): void {
    if (dropped === 0) return;
    this.#dropped += dropped;
    writeFileSync(this.#droppedFile, String(this.#dropped), { mode: 0o600 });
  }
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function parseEntry(line: string): LedgerEntry | null {
  try {
    const parsed = ledgerEntrySchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    // Cut in half by a crash; counted by the caller.
    return null;
  }
}

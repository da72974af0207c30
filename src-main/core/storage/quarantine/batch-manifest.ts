import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import {
  batchIdSchema,
  CONSOLE_PREFIX,
  quarantineItemSchema,
  type QuarantineItem,
} from "../../../../src-shared/model/storage/quarantine.ts";

export const QUARANTINE_PREFIX = `${CONSOLE_PREFIX}quarantine/`;
/** A manifest of 100,000 objects with keys as long as they may be. */
export const MANIFEST_MAX_BYTES = 256 * 2 ** 20;
export const MOST_ITEMS = 100_000;
const MAX_KEY_BYTES = 1_024;
const FORMAT = "kubemate-quarantine/1";

const manifestItemSchema = quarantineItemSchema.extend({
  /** Of all bytes, lower-case hex, read before anything was written. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** `planned` until the batch is closed; `left` stayed where it was; `back` was put back. */
  state: z.enum(["planned", "set-aside", "left", "back"]),
  problem: z.string().max(200).nullable(),
});
/** One object of a batch: all that is needed to put it back, and to know it. */
export type ManifestItem = z.output<typeof manifestItemSchema>;

const bySchema = z.object({
  principal: z.string().max(500),
  reason: z.string().max(1_000),
  atMs: z.number(),
  plan: z.string().max(100),
  job: z.string().max(100),
});

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  batch: batchIdSchema,
  state: z.enum(["setting-aside", "set-aside", "undoing", "undone"]),
  changedAtMs: z.number(),
  /** Who set it aside, when and why. */
  by: bySchema,
  /** What spoke against it, and was accepted. */
  problems: z.array(z.string().max(100)).max(100),
  undoneBy: bySchema.nullable(),
  items: z.array(manifestItemSchema).max(MOST_ITEMS),
});
/** What is set aside together; it stands in the bucket beside it, so that any console can list and undo it. */
export type BatchManifest = z.output<typeof manifestSchema>;

export function newManifest(parts: Omit<BatchManifest, "format" | "undoneBy">): BatchManifest {
  return { format: FORMAT, undoneBy: null, ...parts };
}

export function manifestKey(batch: string): string {
  return `${QUARANTINE_PREFIX}${batch}/manifest.json`;
}

/** Where an object of a batch is set aside. A key that would become longer than keys may be is named by its SHA-256. */
export function asideKey(batch: string, key: string): string {
  const whole = `${QUARANTINE_PREFIX}${batch}/objects/${key}`;
  if (Buffer.byteLength(whole) <= MAX_KEY_BYTES) return whole;
  return `${QUARANTINE_PREFIX}${batch}/long/${createHash("sha256").update(key).digest("hex")}`;
}

/** What the console must never set aside: its own. */
export function isConsoleKey(key: string): boolean {
  return key.startsWith(CONSOLE_PREFIX);
}

export function printManifest(manifest: BatchManifest): string {
  const { items, ...head } = manifest;
  const lines = items.map((item) => `    ${JSON.stringify(item)}`);
  const text = JSON.stringify(head, null, 2);
  return `${text.slice(0, -2)},\n  "items": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/**
 * Reads a manifest. Whoever can write to the bucket could have written it: what it names stays inside of this batch and
 * outside of the console's own. @throws AppError `storage.batch-damaged`
 */
export function parseManifest(text: string, batch: string): BatchManifest {
  const damaged = (problem: string) => new AppError("storage.batch-damaged", { batch, problem: problem.slice(0, 300) });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw damaged("no JSON");
  }
  const read = manifestSchema.safeParse(parsed);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw damaged(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "?"}`);
  }
  if (read.data.batch !== batch) throw damaged(`is of batch ${read.data.batch}`);
  const keys = new Set<string>();
  for (const { key, aside } of read.data.items) {
    if (key === "" || isConsoleKey(key)) throw damaged(`names the console's own ${key}`);
    if (aside !== asideKey(batch, key)) throw damaged(`names a place that is not its own: ${aside}`);
    if (keys.has(key)) throw damaged(`names ${key} twice`);
    keys.add(key);
  }
  return read.data;
}

export function plainItem({
  sha256: _sha256,
  state: _state,
  problem: _problem,
  ...item
}: ManifestItem): QuarantineItem {
  return item;
}

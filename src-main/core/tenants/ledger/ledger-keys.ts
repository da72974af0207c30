import { hash } from "node:crypto";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const KEY_BYTES = 12;

/**
 * A text's key: 96 bits of SHA-256. Texts of kilobytes do not belong into an index, and nobody can make two of them share
 * a key.
 */
export function keyOf(text: string): Buffer {
  return hash("sha256", text, "buffer").subarray(0, KEY_BYTES);
}

/** Days since the Unix epoch, of a day `2026-11-20`. */
export function dayNumber(day: string): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

export function dayNumberAt(atMs: number): number {
  return Math.floor(atMs / DAY_MS);
}

/** The day in UTC as `2026-11-20`. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Hours since the Unix epoch at which a day begins. */
export function firstHourOf(day: number): number {
  return day * (DAY_MS / HOUR_MS);
}

export function hourAt(atMs: number): number {
  return Math.floor(atMs / HOUR_MS);
}

/**
 * Where an id is looked for. The id of a line is made of its time, so the same id is of the same hour: those of an hour lie
 * together, and an index that random ids come into is no larger than an hour's. All others are looked for among all.
 */
export function idBucket({ id, atMs }: Pick<QueryCost, "id" | "atMs">): number {
  return id.startsWith("line:") ? hourAt(atMs) : 0;
}

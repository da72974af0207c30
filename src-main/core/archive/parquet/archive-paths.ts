import { closeSync, fsyncSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

export const TEMPORARY_PREFIX = ".tmp-";
const NS_PER_DAY = 86_400_000_000_000n;

/** Days since 1970 in UTC, rounded down. */
export function utcDayNumber(ns: bigint): bigint {
  return ns >= 0n ? ns / NS_PER_DAY : (ns - NS_PER_DAY + 1n) / NS_PER_DAY;
}

/** The first nanosecond of a day by its number. */
export function utcDayStartNs(day: bigint): bigint {
  return day * NS_PER_DAY;
}

/** `2026-11-20`. */
export function utcDayName(day: bigint): string {
  return new Date(Number(day) * 86_400_000).toISOString().slice(0, 10);
}

/** `tenant=acme`: a Hive partition, whose values are percent-encoded. `*` is no file name on Windows. */
export function tenantFolder(tenant: string): string {
  return `tenant=${encodeURIComponent(tenant).replaceAll("*", "%2A")}`;
}

/** The value of a Hive partition's folder name `key=value`; `null` for other names. */
export function partitionOf(folder: string): { readonly key: string; readonly value: string } | null {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(folder);
  if (match === null) return null;
  const [, key = "", encoded = ""] = match;
  try {
    return { key, value: decodeURIComponent(encoded) };
  } catch {
    // Not percent-encoded by whoever wrote it: the name as it is.
    return { key, value: encoded };
  }
}

export function dayFolder(day: string): string {
  return `day=${day}`;
}

export function sliceFileName(slice: string, number: number): string {
  return `slice-${slice}-${number}.parquet`;
}

/** Removes files of a slice under a tenant's folder: unfinished ones, or finished ones that are not in `keep`. */
export function removeSliceFiles(
  tenantPath: string,
  slice: string,
  which: "unfinished" | { readonly keep: ReadonlySet<string> },
): void {
  const finished = new RegExp(`^slice-${slice}-\\d+\\.parquet$`);
  const unfinished = new RegExp(`^\\.tmp-slice-${slice}-\\d+\\.parquet$`);
  for (const day of foldersIn(tenantPath)) {
    const folder = join(tenantPath, day);
    for (const name of filesIn(folder)) {
      const path = join(folder, name);
      const stale = which === "unfinished" ? unfinished.test(name) : finished.test(name) && !which.keep.has(path);
      if (stale) rmSync(path, { force: true });
    }
  }
}

/** Makes names in a folder survive a power cut. Windows cannot and need not: its renames are in the journal. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function foldersIn(path: string): string[] {
  return entriesIn(path)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function filesIn(path: string): string[] {
  return entriesIn(path)
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

function entriesIn(path: string): import("node:fs").Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

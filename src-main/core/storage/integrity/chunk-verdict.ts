import { hasCode, isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { ChunkDamage } from "./check-chunk.ts";
import type { ChunkVerdict } from "./chunk-checker.ts";

export function verdictOf(damage: ChunkDamage | null): ChunkVerdict {
  return damage === null ? { kind: "sound" } : { kind: "damaged", damage };
}

/** What a store's error says of an object. Throws what is none of an object: a bug, or that nobody waits any more. */
export function verdictOfFailure(error: unknown): ChunkVerdict {
  if (!isAppError(error) || error.category === "cancelled") throw error;
  return hasCode(error, "storage.not-found") ? { kind: "gone" } : { kind: "unreadable", code: error.code };
}

import { mix } from "./seeded-random.ts";

/** Something that goes wrong for a while in one tenant. `strength` rises and falls within 0 and 1. */
export interface Incident {
  readonly kind: "timeouts" | "error-burst" | "slow-database";
  readonly strength: number;
  /** The application it begins in; others of the tenant feel it less. */
  readonly centre: number;
}

const WINDOW_MS = 20 * 60_000;
const KINDS = ["timeouts", "error-burst", "slow-database"] as const;

/**
 * Whether a tenant has an incident at a moment: about one in each twenty minutes, 60 to 150 s long, at a place in the window
 * that depends on the seed. A pure function, so that history and the present agree whenever they are generated.
 */
export function incidentAt(seed: number, atMs: number): Incident | null {
  const window = Math.floor(atMs / WINDOW_MS);
  const dice = mix(seed, window, 11);
  if (dice % 8 === 0) return null;
  const lengthMs = 60_000 + (mix(seed, window, 12) % 90_000);
  const startMs = window * WINDOW_MS + (mix(seed, window, 13) % (WINDOW_MS - lengthMs));
  const progress = (atMs - startMs) / lengthMs;
  if (progress < 0 || progress >= 1) return null;
  return { kind: KINDS[dice % KINDS.length] ?? "timeouts", strength: Math.sin(progress * Math.PI), centre: dice >>> 8 };
}

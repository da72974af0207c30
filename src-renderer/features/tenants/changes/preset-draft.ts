import { limitPresetSchema, type LimitPreset } from "../../../../src-shared/model/tenants/limit-presets.ts";

const MINUTE_MS = 60_000;

/** A preset as it is being filled in: numbers are text until they are numbers. */
export interface PresetDraft {
  readonly preset: LimitPreset["preset"];
  readonly tenant: string;
  /** MB a second, streams, or times what is allowed now. */
  readonly amount: string;
  /** `null`: for good, where that can be. */
  readonly minutes: number | null;
  readonly statusCode: string;
  readonly by: "hash" | "pattern";
  readonly hash: string;
  readonly pattern: string;
  readonly regex: boolean;
}

/** Two hours: long enough to find out, short enough to be looked at again. */
const DEFAULT_MINUTES = 120;

export function newPresetDraft(preset: LimitPreset["preset"], tenant: string): PresetDraft {
  return {
    preset,
    tenant,
    amount: "",
    minutes: DEFAULT_MINUTES,
    // Loki's own: an error to few clients.
    statusCode: "260",
    by: "hash",
    hash: "",
    pattern: "",
    regex: false,
  };
}

/** The preset; `null` while something is missing or no number. */
export function presetOf(draft: PresetDraft, nowMs: number): LimitPreset | null {
  const parsed = limitPresetSchema.safeParse(fieldsOf(draft, nowMs));
  return parsed.success ? parsed.data : null;
}

function fieldsOf(draft: PresetDraft, nowMs: number): Readonly<Record<string, unknown>> {
  const { preset, tenant, amount, minutes, statusCode, by, hash, pattern, regex } = draft;
  const number = numberOf(amount);
  const named = { preset, tenant, ...(minutes === null ? {} : { expiresAfterMinutes: minutes }) };
  switch (preset) {
    case "log-storm":
      return { ...named, rateMb: number };
    case "stream-storm":
      return { ...named, maxStreams: number };
    case "loud-stream":
      return { ...named, perStreamMb: number };
    case "migration":
      return { ...named, factor: number };
    case "block-ingestion":
      // The value is a time itself, and ends by itself.
      return {
        preset,
        tenant,
        untilMs: minutes === null ? null : nowMs + minutes * MINUTE_MS,
        statusCode: numberOf(statusCode),
      };
    case "block-query":
      return { ...named, query: by === "hash" ? { by, hash: numberOf(hash) } : { by, pattern, regex } };
  }
}

function numberOf(text: string): number | null {
  return /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text.trim()) : null;
}

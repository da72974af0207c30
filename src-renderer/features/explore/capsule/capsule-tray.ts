import { z } from "zod";
import { createStore, type StoreApi } from "zustand/vanilla";
import { capsuleQuerySchema } from "../../../../src-shared/api/capsules.api.ts";
import { logTargetSchema } from "../../../../src-shared/api/log-target.ts";
import { directionSchema } from "../../../../src-shared/model/log-query.ts";
import { nanoTextSchema } from "../../../../src-shared/model/nano-time.ts";
import { REDACTION_PATTERNS } from "../../../../src-shared/model/redaction-pattern.ts";

export const MAX_CAPSULE_QUERIES = 50;
const STORAGE_KEY = "kubemate.capsule-tray.1";

const trayEntrySchema = z.object({
  id: z.string().min(1).max(100),
  /** Where it was asked, in the words of that moment: a site's name may change. */
  place: z.string().max(1_000),
  query: z.object({
    target: logTargetSchema,
    query: z.string().min(1).max(131_072),
    range: z.object({ startNs: nanoTextSchema, endNs: nanoTextSchema }),
    direction: directionSchema,
    limit: z.number().int().positive().nullable(),
  }),
});
export type TrayEntry = z.output<typeof trayEntrySchema>;

const trayContentsSchema = z.object({
  entries: z.array(trayEntrySchema).max(MAX_CAPSULE_QUERIES),
  title: z.string().max(200),
  notes: z.string().max(200_000),
  redact: z.array(z.enum(REDACTION_PATTERNS)),
  /** `null` while nobody wrote a name: it then follows the title. */
  file: z.string().max(4_096).nullable(),
});
export type TrayContents = z.output<typeof trayContentsSchema>;

/** The window's session storage; a browser that forbids it throws at each use, which the tray reports. */
export const SESSION_STORAGE: Pick<Storage, "getItem" | "setItem"> = {
  getItem: (key) => window.sessionStorage.getItem(key),
  setItem: (key, value) => window.sessionStorage.setItem(key, value),
};

const EMPTY: TrayContents = { entries: [], title: "", notes: "", redact: [], file: null };

/** What is collected for a capsule in this session of the window. */
export interface CapsuleTray extends TrayContents {
  /** `false` where the browser would not keep it over a reload. */
  readonly kept: boolean;
  /** Puts a query at the end; one that is there already stays where it is. */
  readonly add: (entry: TrayEntry) => void;
  readonly remove: (id: string) => void;
  /** One place up (`-1`) or down (`1`). */
  readonly move: (id: string, by: -1 | 1) => void;
  readonly change: (part: Partial<Pick<TrayContents, "title" | "notes" | "redact" | "file">>) => void;
  readonly empty: () => void;
}

export type CapsuleTrayStore = StoreApi<CapsuleTray>;

/** The tray, begun with what `storage` kept of it and written back whenever it changes. */
export function createCapsuleTray(storage: Pick<Storage, "getItem" | "setItem">): CapsuleTrayStore {
  const store = createStore<CapsuleTray>((set) => ({
    ...readTray(storage),
    add: (entry) =>
      set(({ entries }) => {
        const isThere = entries.some((one) => isSameQuery(one, entry));
        return isThere || entries.length >= MAX_CAPSULE_QUERIES ? {} : { entries: [...entries, entry] };
      }),
    remove: (id) => set(({ entries }) => ({ entries: entries.filter((entry) => entry.id !== id) })),
    move: (id, by) => set(({ entries }) => ({ entries: moved(entries, id, by) })),
    change: (part) => set(part),
    empty: () => set(EMPTY),
  }));
  store.subscribe((tray, before) => {
    if (tray.kept !== before.kept) return;
    const kept = writeTray(storage, tray);
    if (kept !== tray.kept) store.setState({ kept });
  });
  return store;
}

/** Whether two entries ask the very same. */
export function isSameQuery(a: Pick<TrayEntry, "query">, b: Pick<TrayEntry, "query">): boolean {
  return JSON.stringify(capsuleInput(a)) === JSON.stringify(capsuleInput(b));
}

/** An entry as `capsules.create` takes it. */
export function capsuleInput({ query }: Pick<TrayEntry, "query">): z.input<typeof capsuleQuerySchema> {
  const { target, query: expr, range, direction, limit } = query;
  return {
    target: { ...target },
    query: expr,
    range: { startNs: range.startNs, endNs: range.endNs },
    direction,
    limit,
  };
}

function moved(entries: readonly TrayEntry[], id: string, by: -1 | 1): TrayEntry[] {
  const from = entries.findIndex((entry) => entry.id === id);
  const entry = entries[from];
  if (entry === undefined || from + by < 0 || from + by >= entries.length) return [...entries];
  return entries.toSpliced(from, 1).toSpliced(from + by, 0, entry);
}

function readTray(storage: Pick<Storage, "getItem">): TrayContents & { readonly kept: boolean } {
  try {
    const text = storage.getItem(STORAGE_KEY);
    const parsed = trayContentsSchema.safeParse(text === null ? EMPTY : JSON.parse(text));
    // What an older or a foreign page left there is no tray of ours.
    return { ...(parsed.success ? parsed.data : EMPTY), kept: true };
  } catch {
    // A browser may forbid storage altogether; the tray says so.
    return { ...EMPTY, kept: false };
  }
}

function writeTray(storage: Pick<Storage, "setItem">, tray: TrayContents): boolean {
  const { entries, title, notes, redact, file } = tray;
  try {
    storage.setItem(STORAGE_KEY, JSON.stringify({ entries, title, notes, redact, file }));
    return true;
  } catch {
    // Full, or forbidden; the tray says so.
    return false;
  }
}

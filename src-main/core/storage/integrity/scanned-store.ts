import type { ObjectStore } from "../object-store.ts";

/** All that a scan asks of a store: it never writes. */
export type ScannedStore = Pick<ObjectStore, "title" | "list" | "head" | "get">;

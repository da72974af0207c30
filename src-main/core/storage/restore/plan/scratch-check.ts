import { hasCode } from "../../../../../src-shared/errors/app-error.ts";
import { CONSOLE_PREFIX } from "../../../../../src-shared/model/storage/quarantine.ts";
import type { StorageProblem } from "../../../../../src-shared/model/storage/storage-plan.ts";
import type { StorePlace } from "../../../../../src-shared/model/storage/store.ts";
import type { ObjectStore } from "../../object-store.ts";
import type { OpenedStore } from "../../stores/opened-store.ts";
import { SCRATCH_MARKER_KEY } from "./scratch-marker.ts";

type Known = Pick<OpenedStore, "id" | "config" | "store">;

/**
 * Why a drill must not be written there; `null` where it may. A scratch bucket is no other store of the plan, nobody's Loki reads
 * it, and it is empty or has been a scratch bucket before.
 */
export async function scratchProblem(
  { bucket, source, into }: { readonly bucket: Known; readonly source: Known | null; readonly into: Known },
  signal: AbortSignal,
): Promise<StorageProblem | null> {
  const stops = (code: string): StorageProblem => ({ code, weight: "stops", params: { store: into.store.title } });
  if (isSamePlace(into, bucket)) return stops("scratch-is-bucket");
  if (source !== null && isSamePlace(into, source)) return stops("scratch-is-source");
  if (into.id === bucket.config.dr) return stops("scratch-is-dr");
  if (into.config.site !== null) return stops("scratch-is-live");
  return (await hasMarker(into.store, signal)) || (await isEmpty(into.store, signal))
    ? null
    : stops("scratch-not-empty");
}

function isSamePlace(one: Known, other: Known): boolean {
  return one.id === other.id || placeId(one.config.place) === placeId(other.config.place) || nested(one, other);
}

/** A prefix below another one of the same bucket, or a folder inside of another, is part of it. */
function nested(one: Known, other: Known): boolean {
  const [a, b] = [`${one.store.title}/`, `${other.store.title}/`];
  return a.startsWith(b) || b.startsWith(a);
}

function placeId(place: StorePlace): string {
  switch (place.kind) {
    case "folder":
      return `folder ${place.directory}`;
    case "s3":
      return `s3 ${place.place.endpoint ?? ""} ${place.place.bucket} ${place.place.prefix}`;
    case "site":
      return `site ${place.site} ${place.bucket ?? ""}`;
  }
}

async function hasMarker(store: ObjectStore, signal: AbortSignal): Promise<boolean> {
  try {
    await store.head(SCRATCH_MARKER_KEY, {}, signal);
    return true;
  } catch (error) {
    if (hasCode(error, "storage.not-found")) return false;
    throw error;
  }
}

/** What the console keeps for itself does not count. */
async function isEmpty(store: ObjectStore, signal: AbortSignal): Promise<boolean> {
  let token: string | null = null;
  do {
    const request = { prefix: "", delimiter: "/", ...(token === null ? {} : { token }) };
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const page = await store.list(request, signal);
    if (page.objects.length > 0 || page.prefixes.some((prefix) => prefix !== CONSOLE_PREFIX)) return false;
    token = page.nextToken;
  } while (token !== null);
  return true;
}

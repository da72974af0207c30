import type { ConsoleBase } from "../core/console-base.ts";
import { FolderObjectStore } from "../core/storage/folder-object-store.ts";
import type { ObjectStore } from "../core/storage/object-store.ts";
import type { CommandContext } from "./command-context.ts";
import type { ExportPlace } from "./export-options.ts";

/** Opens the place that `--store` names; the SDK is loaded for a bucket alone. */
export async function openStorageStore(
  place: ExportPlace,
  base: ConsoleBase,
  { terminal }: CommandContext,
): Promise<ObjectStore> {
  if (place.kind === "folder") return new FolderObjectStore(place.directory);
  const { openPlaceStore } = await import("../core/console-stores.ts");
  return openPlaceStore(place.place, base, terminal.environment);
}

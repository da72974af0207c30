import { join } from "node:path";
import type { ConsoleBase } from "../core/console-base.ts";
import { storeWorkName } from "../core/export/store-work.ts";
import type { ObjectStore } from "../core/storage/object-store.ts";
import type { CommandContext } from "./command-context.ts";
import type { ExportPlace } from "./export-options.ts";

/** Where slices are written, and the store that they go to from there; `null` for a folder that is the archive itself. */
export async function openExportStore(
  base: ConsoleBase,
  { terminal }: CommandContext,
  place: ExportPlace,
  stack: AsyncDisposableStack,
): Promise<{ readonly directory: string; readonly store: ObjectStore | null }> {
  if (place.kind === "folder") return { directory: place.directory, store: null };
  const { openPlaceStore } = await import("../core/console-stores.ts");
  const store = stack.use(await openPlaceStore(place.place, base, terminal.environment));
  return { directory: join(base.profile.file("export-work"), storeWorkName(place.place)), store };
}

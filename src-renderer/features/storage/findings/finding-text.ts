import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import type { StorageFinding } from "../../../../src-shared/model/storage-finding.ts";
import type { Formats } from "../../../hooks/formats.ts";

/** From when to when, the day once where it is one; `null` where nobody can say. */
export function timesText(
  { fromMs, throughMs }: Pick<StorageFinding, "fromMs" | "throughMs">,
  formats: Formats,
): string | null {
  if (fromMs === null || throughMs === null) return null;
  const from = formats.timestamp(nanoFromMs(fromMs), { fraction: 0 });
  const through = formats.timestamp(nanoFromMs(throughMs), { fraction: 0 });
  const [day = ""] = from.split(" ");
  return through.startsWith(`${day} `) ? `${from} – ${through.slice(day.length + 1)}` : `${from} – ${through}`;
}

import { runbookSchema, type Runbook } from "../../../../src-shared/model/storage/recovery.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import bucketLost from "./data/bucket-lost.json" with { type: "json" };
import damagedChunk from "./data/damaged-chunk.json" with { type: "json" };
import damagedIndex from "./data/damaged-index.json" with { type: "json" };
import minioFull from "./data/minio-full.json" with { type: "json" };
import quarterlyDrill from "./data/quarterly-drill.json" with { type: "json" };
import restoreFromDr from "./data/restore-from-dr.json" with { type: "json" };

/** What to do, in the order in which it is looked for at night. */
export function readRunbooks(): readonly Runbook[] {
  return [damagedChunk, damagedIndex, bucketLost, minioFull, restoreFromDr, quarterlyDrill].map((data) =>
    runbookSchema.parse(data),
  );
}

/** @throws AppError `recovery.runbook-unknown` */
export function runbookOf(runbooks: readonly Runbook[], id: string): Runbook {
  const found = runbooks.find((runbook) => runbook.id === id);
  if (found === undefined) throw new AppError("recovery.runbook-unknown", { runbook: id.slice(0, 100) });
  return found;
}

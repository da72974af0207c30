import { AppError } from "../../src-shared/errors/app-error.ts";
import type { ScanResults } from "../core/storage/scans/scan-results.ts";

/** For a command that asks no scan: every object is judged by itself. */
export const NO_SCANS: Pick<ScanResults, "summary" | "lastWhole" | "findings" | "byId"> = {
  summary: (scan) => {
    throw new AppError("storage.scan-unknown", { scan });
  },
  lastWhole: () => null,
  findings: () => [],
  byId: () => [],
};

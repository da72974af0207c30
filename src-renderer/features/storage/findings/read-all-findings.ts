import { jobIdSchema } from "../../../../src-shared/model/ids.ts";
import type { FindingFilter, KeptFinding } from "../../../../src-shared/model/storage/scan.ts";
import type { useRpc } from "../../../rpc/rpc-context.tsx";

const PAGE = 1_000;
/** The most that a plan takes. */
export const MOST_FINDINGS = 100_000;

type Api = ReturnType<typeof useRpc>["api"];

/**
 * Findings of a scan that fit the filter, page by page, until `until` says of one that it is enough, there are no more, or there
 * are more than a plan takes.
 */
export async function readFindings(
  api: Api,
  scan: string,
  filter: FindingFilter,
  signal: AbortSignal,
  until: (finding: KeptFinding) => boolean = () => false,
): Promise<readonly KeptFinding[]> {
  const read: KeptFinding[] = [];
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one page follows from where the one before ended
    const page = await api.storage.findings(
      { scan: jobIdSchema.parse(scan), filter, offset: read.length, limit: PAGE },
      { signal },
    );
    read.push(...page.findings);
    const enough = page.findings.some(until) || page.findings.length === 0;
    if (enough || read.length >= page.total || read.length >= MOST_FINDINGS) return read.slice(0, MOST_FINDINGS);
  }
}

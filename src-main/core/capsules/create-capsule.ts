import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Capsule } from "../../../src-shared/api/capsules.api.ts";
import { COMPLETE, mergeCompleteness } from "../../../src-shared/model/completeness.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { ProgressReport } from "../jobs/job-definition.ts";
import type { CapsuleInput, CapsuleOutput, CapsuleParts } from "./capsule-create.job.ts";
import { CapsuleArchive } from "./capsule-archive.ts";
import { capsuleTenants } from "./capsule-tenants.ts";
import { addCounts, redactCapsule, wordRedaction } from "./redact-capsule.ts";
import { packCapsule } from "./pack-capsule.ts";

/**
 * Reads each query, writes what it gave as an archive, and packs that with the capsule's document. Nothing is at `input.file`
 * before all of it is there. Rejects with `archive.already-there`, the sources' errors, `files.disk-full`.
 */
export async function createCapsule(
  input: CapsuleInput,
  parts: CapsuleParts,
  report: (progress: ProgressReport) => void,
  signal: AbortSignal,
): Promise<CapsuleOutput> {
  await mkdir(parts.workDirectory, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(parts.workDirectory, "capsule-"));
  try {
    return await buildIn(work, input, parts, report, signal);
  } catch (error) {
    if (signal.aborted) throw new AppError("request.cancelled", {}, { cause: error });
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function buildIn(
  work: string,
  input: CapsuleInput,
  parts: CapsuleParts,
  report: (progress: ProgressReport) => void,
  signal: AbortSignal,
): Promise<CapsuleOutput> {
  const directory = join(work, "archive");
  await mkdir(directory, { mode: 0o700 });
  const targets = input.queries.map(({ target }) => target);
  const titles = await Promise.all(targets.map((target) => parts.siteOf(target)));
  const tenants = capsuleTenants(targets, titles);
  const archive = new CapsuleArchive({ ...parts, directory, redact: input.redact, report });
  const queries: Capsule["queries"] = [];
  let completeness = COMPLETE;
  for (const [index, query] of input.queries.entries()) {
    const tenant = tenants[index] ?? "";
    const { target, startNs, endNs } = query;
    const open = (inner: AbortSignal) => parts.openSource(target, inner);
    const asker = { principal: input.principal, role: input.role };
    const range = { startNs: BigInt(startNs), endNs: BigInt(endNs) };
    const ask = { asker, target, query: query.query, range, limit: query.limit };
    await using admitted = await parts.admit(ask, open, signal);
    await using source = await open(signal);
    const read = await archive.add(admitted.counted(source), query, tenant, signal);
    completeness = mergeCompleteness(completeness, read.completeness);
    queries.push({
      query: query.query,
      site: titles[index] ?? null,
      tenant,
      startNs: query.startNs,
      endNs: query.endNs,
      rows: read.rows,
      completeness: read.completeness,
    });
  }
  const createdAtMs = parts.clock.nowMs();
  const words = wordRedaction(input.redact);
  await archive.finish(completeness, {
    site: [...new Set(titles)].join(", "),
    query: wordRedaction(input.redact).text(queries.map(({ query }) => query).join("\n")),
    startNs: null,
    endNs: null,
    exportedAt: new Date(createdAtMs).toISOString(),
    exportedBy: input.principal,
    program: parts.program,
    redacted: archive.redacted,
    files: [],
    assumptions: {},
  });
  const document: Capsule = {
    title: input.title,
    notes: input.notes,
    createdAtMs,
    createdBy: input.principal,
    program: parts.program,
    queries,
    facts: await parts.facts(targets, signal),
    audit: [...parts.auditOf(targets)],
    redacted: {},
  };
  const worded = redactCapsule(document, words);
  const capsule = { ...worded, redacted: addCounts(archive.redacted, words.counts()) };
  report({ phase: "pack", fraction: null, done: archive.rows, total: null, unit: "rows" });
  const sizeBytes = await packCapsule(directory, capsule, input.file, signal);
  return { path: input.file, rows: archive.rows, sizeBytes, redacted: capsule.redacted, completeness };
}

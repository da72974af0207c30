import { parseChunkKey, type ChunkKey } from "../../../common/loki-format/chunk-key.ts";
import type { RestoreItem } from "../../../../../src-shared/model/storage/restore.ts";
import type { ListedChunk } from "../../integrity/chunk-checker.ts";
import type { ObjectStore } from "../../object-store.ts";
import type { Candidate } from "./candidates.ts";
import type { ChunkJudge } from "./chunk-judge.ts";
import { objectOf, triesOf, type KeyState, type SourceVersion } from "./key-state.ts";
import { isOtherReadable } from "./other-objects.ts";

/** A candidate with the newest whole object that the source has of it; `null` where it has none. */
export interface Judged {
  readonly candidate: Candidate;
  readonly chunk: ChunkKey | null;
  readonly version: SourceVersion | null;
}

/** What the source has of it but for what stands there already, which is known to be damaged. */
function tries({ state }: Candidate): readonly SourceVersion[] {
  const { current } = state;
  return triesOf(state).filter(
    ({ versionId, etag }) =>
      current === null || versionId === null || versionId !== current.versionId || etag !== current.etag,
  );
}

/**
 * Reads what the source has of each chunk, newest first, until one is whole. In the order of the candidates. Rejects with
 * `storage.unreachable` where the source fails.
 */
export async function judgedCandidates(
  candidates: readonly Candidate[],
  source: { readonly store: ObjectStore; readonly judge: ChunkJudge },
  signal: AbortSignal,
): Promise<readonly Judged[]> {
  const found = new Map<Candidate, SourceVersion>();
  const chunks = new Map<Candidate, ChunkKey>();
  for (const candidate of candidates) {
    const chunk = candidate.kind === "chunk" ? parseChunkKey(candidate.state.key)?.key : undefined;
    if (chunk !== undefined) chunks.set(candidate, chunk);
  }
  let open = [...chunks].map(([candidate, chunk]) => ({ candidate, chunk, tries: tries(candidate) }));
  for (let round = 0; open.length > 0; round += 1) {
    const asked = open.flatMap(({ candidate, chunk, tries: versions }) => {
      const version = versions[round];
      if (version === undefined) return [];
      const listed: ListedChunk = { object: objectOf(candidate.state.key, version), chunk };
      return [{ candidate, version, listed }];
    });
    // oxlint-disable-next-line no-await-in-loop -- the older ones are for what is damaged of the newer
    const verdicts = await source.judge.verdicts(
      asked.map(({ listed }) => listed),
      signal,
    );
    for (const [at, { candidate, version }] of asked.entries()) {
      if (verdicts[at]?.kind === "sound") found.set(candidate, version);
    }
    open = open.filter(({ candidate, tries: versions }) => !found.has(candidate) && versions.length > round + 1);
  }
  for (const candidate of candidates.filter(({ kind }) => kind === "other")) {
    for (const version of tries(candidate)) {
      // oxlint-disable-next-line no-await-in-loop -- the next one is for what cannot be read of this one
      if (!(await isOtherReadable(source.store, objectOf(candidate.state.key, version), signal))) continue;
      found.set(candidate, version);
      break;
    }
  }
  return candidates.map((candidate) => ({
    candidate,
    chunk: chunks.get(candidate) ?? null,
    version: found.get(candidate) ?? null,
  }));
}

/** One object of a plan. */
export function itemOf(
  { key, current, isMarked }: KeyState,
  version: SourceVersion,
  about: Pick<RestoreItem, "kind" | "tenant" | "fromMs" | "throughMs">,
): RestoreItem {
  return {
    key,
    ...about,
    action: current !== null ? "replace" : isMarked ? "undelete" : "add",
    sizeBytes: version.sizeBytes,
    sourceVersionId: version.versionId,
    sourceEtag: version.etag,
    sourceModifiedMs: version.modifiedMs,
    replacesEtag: current?.etag ?? null,
  };
}

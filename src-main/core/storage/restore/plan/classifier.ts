import type { ChunkKey } from "../../../common/loki-format/chunk-key.ts";
import type { IndexKey } from "../../../common/loki-format/tsdb/index-key.ts";
import { ChunkBook } from "../../integrity/chunk-book.ts";
import { objectKind, type BucketLayout } from "../../integrity/object-kind.ts";
import type { ObjectStore } from "../../object-store.ts";
import type { Candidate, Candidates } from "./candidates.ts";
import type { ChunkJudge } from "./chunk-judge.ts";
import { objectOf, type KeyState } from "./key-state.ts";
import { isOtherReadable, otherKind } from "./other-objects.ts";
import { isChunkInScope, isTableInScope, isTenantInScope, isWholeScope, type PlanScope } from "./restore-scope.ts";
import type { ScanWord } from "./scan-word.ts";

/** Objects that are read together to judge them, and those that wait for them so as to keep the order. */
const JUDGED_AT_ONCE = 512;
const WAITING_AT_ONCE = 8_192;

export interface IndexEntry {
  readonly index: Extract<IndexKey, { kind: "uploaded" | "compacted" }>;
  readonly state: KeyState;
}

export interface ClassifierOptions {
  readonly scope: PlanScope;
  readonly layout: BucketLayout;
  readonly bucket: ObjectStore;
  /** Whether equal etags mean equal bytes: a folder's say size and time alone. */
  readonly areEtagsContent: boolean;
  /** Everything that the source has, whatever the bucket has: a drill. */
  readonly isDrill: boolean;
  readonly scan: ScanWord;
  /** Of the bucket's own objects. */
  readonly judge: ChunkJudge;
  readonly candidates: Candidates;
  readonly onJudged: (objects: number) => void;
}

/** What a listing's keys are. */
export interface Classified {
  /** Chunk objects that stand in their place, and are sound as far as anything is said of them. */
  readonly sound: ChunkBook;
  /** Chunk objects that do not, and that the source has something of. */
  readonly wanted: ChunkBook;
  readonly indexes: readonly IndexEntry[];
  /** Chunks of which neither source nor scan says anything. */
  readonly unjudged: number;
  /** Other files of Loki's that stand there and differ from the source: Loki itself writes them anew. */
  readonly othersDiffer: number;
  /** Index files of schemas up to v12 that the source has and the bucket has not: nobody here can judge them. */
  readonly boltdbMissing: number;
}

interface Waiting {
  readonly state: KeyState;
  readonly chunk: ChunkKey;
  /** `read`: what stands there has to be read first. */
  readonly found: "missing" | "read";
}

/** Takes the keys of a bucket as they are listed, and says what is sound, what is missing, and, by reading it, what is damaged. */
export class Classifier {
  readonly #options: ClassifierOptions;
  readonly #sound = new ChunkBook();
  readonly #wanted = new ChunkBook();
  readonly #indexes: IndexEntry[] = [];
  #waiting: Waiting[] = [];
  #toRead = 0;
  #unjudged = 0;
  #othersDiffer = 0;
  #boltdbMissing = 0;

  constructor(options: ClassifierOptions) {
    this.#options = options;
  }

  async take(states: readonly KeyState[], signal: AbortSignal): Promise<void> {
    const { layout, scope, isDrill } = this.#options;
    for (const listed of states) {
      // A drill begins with nothing, whatever the bucket has.
      const state = isDrill ? { ...listed, current: null, isMarked: false } : listed;
      const kind = objectKind(state.key, layout);
      if (kind.kind === "chunk") this.#takeChunk(state, kind.chunk);
      else if (kind.kind === "index") this.#takeIndex({ index: kind.index, state });
      else if (isWholeScope(scope)) {
        // oxlint-disable-next-line no-await-in-loop -- there are few of them
        await this.#takeOther(state, otherKind(state.key, kind, layout), signal);
      }
      if (this.#toRead < JUDGED_AT_ONCE && this.#waiting.length < WAITING_AT_ONCE) continue;
      // oxlint-disable-next-line no-await-in-loop -- bounded work in memory, in the order of keys
      await this.#judgeWaiting(signal);
    }
  }

  async finish(signal: AbortSignal): Promise<Classified> {
    await this.#judgeWaiting(signal);
    return {
      sound: this.#sound,
      wanted: this.#wanted,
      indexes: this.#indexes,
      unjudged: this.#unjudged,
      othersDiffer: this.#othersDiffer,
      boltdbMissing: this.#boltdbMissing,
    };
  }

  #takeChunk(state: KeyState, chunk: ChunkKey): void {
    const { scope, isDrill } = this.#options;
    const { key, current, wanted, others } = state;
    if (isDrill && wanted === null) return;
    if (!isChunkInScope(scope, chunk) || scope.targets?.chunks.has(key) === false) return;
    if (current === null) {
      if (wanted !== null || others.length > 0) this.#wait({ state, chunk, found: "missing" });
      return;
    }
    if (this.#isSound(state)) this.#sound.add(key, chunk, current.sizeBytes);
    else this.#wait({ state, chunk, found: "read" });
  }

  #isSound({ key, current, wanted }: KeyState): boolean {
    const word = current === null ? null : this.#options.scan.of(key, current.modifiedMs);
    // What a scan found damaged may have been mended since: it is read.
    if (word === "damaged" || current === null) return false;
    if (word === "sound") return true;
    if (wanted === null) {
      this.#unjudged += 1;
      return true;
    }
    if (current.versionId !== null && current.versionId === wanted.versionId && current.etag === wanted.etag)
      return true;
    return this.#options.areEtagsContent && current.etag === wanted.etag && current.sizeBytes === wanted.sizeBytes;
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (waiting.found === "read") this.#toRead += 1;
  }

  #takeIndex(entry: IndexEntry): void {
    const { scope } = this.#options;
    const { index } = entry;
    if (!isTableInScope(scope, index.table)) return;
    if (index.kind === "compacted" && !isTenantInScope(scope, index.tenant)) return;
    this.#indexes.push(entry);
  }

  async #takeOther(state: KeyState, kind: "other" | "boltdb" | null, signal: AbortSignal): Promise<void> {
    const { bucket, candidates, isDrill } = this.#options;
    const { key, current, wanted } = state;
    if (kind === null || wanted === null) return;
    if (kind === "boltdb") {
      if (isDrill) candidates.addAll([{ kind: "other", isDamaged: false, state }]);
      else if (current === null) this.#boltdbMissing += 1;
      return;
    }
    if (current === null) {
      candidates.addAll([{ kind: "other", isDamaged: false, state }]);
      return;
    }
    const isSameSize = current.sizeBytes === wanted.sizeBytes;
    if (isSameSize && current.etag === wanted.etag) return;
    // Etags that say nothing of the bytes differ always.
    const differs = !isSameSize || this.#options.areEtagsContent;
    if (await isOtherReadable(bucket, objectOf(key, current), signal)) this.#othersDiffer += differs ? 1 : 0;
    else candidates.addAll([{ kind: "other", isDamaged: true, state }]);
  }

  async #judgeWaiting(signal: AbortSignal): Promise<void> {
    const waiting = this.#waiting;
    const listed = waiting.flatMap(({ state, chunk, found }) =>
      found === "read" && state.current !== null ? [{ object: objectOf(state.key, state.current), chunk }] : [],
    );
    this.#waiting = [];
    this.#toRead = 0;
    const verdicts = await this.#options.judge.verdicts(listed, signal);
    const verdictOf = new Map(listed.map(({ object }, at) => [object.key, verdicts[at]?.kind ?? "gone"]));
    const candidates: Candidate[] = [];
    for (const { state, chunk, found } of waiting) {
      const verdict = found === "read" ? (verdictOf.get(state.key) ?? "gone") : "gone";
      if (verdict === "sound") {
        this.#sound.add(state.key, chunk, state.current?.sizeBytes ?? 0);
        continue;
      }
      this.#wanted.add(state.key, chunk, (state.wanted ?? state.others[0])?.sizeBytes ?? 0);
      // Deleted since it was listed: nothing stands there any more.
      const now = verdict === "gone" && found === "read" ? { ...state, current: null } : state;
      candidates.push({ kind: "chunk", isDamaged: verdict !== "gone", state: now });
    }
    this.#options.candidates.addAll(candidates);
    this.#options.onJudged(listed.length);
  }
}

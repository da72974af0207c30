import type { ObjectInfo, ObjectVersion } from "../../object-store.ts";

/** One object, or one version of it, that can be read. */
export interface SourceVersion {
  readonly versionId: string | null;
  readonly etag: string;
  readonly sizeBytes: number;
  /** By the store's clock. */
  readonly modifiedMs: number;
}

/** What there is under one key: in the bucket now, and in the source. */
export interface KeyState {
  readonly key: string;
  /** What stands there now; `null` where nothing does. */
  readonly current: SourceVersion | null;
  /** Whether a delete marker is on top. */
  readonly isMarked: boolean;
  /** What the source says should stand there; `null` where it says that nothing should. */
  readonly wanted: SourceVersion | null;
  /** Other versions that may be whole where that one is not, in the order in which they are tried. */
  readonly others: readonly SourceVersion[];
}

/** Of one key; somebody may have written it a million times. */
const MOST_OTHERS = 20;

function sourceVersion({ versionId, etag, sizeBytes, modifiedMs }: ObjectInfo): SourceVersion {
  return { versionId, etag, sizeBytes, modifiedMs };
}

/**
 * Takes the versions of one key as a listing gives them, newest first, and says what stood there at an instant of the store's
 * clock: the newest version that is not younger, unless that is a delete marker. Among equal times the order of the listing
 * decides. Holds a bounded number of versions.
 */
export class KeyHistory {
  readonly key: string;
  readonly #asOfMs: number;
  #seen = 0;
  #current: SourceVersion | null = null;
  #isMarked = false;
  #isDecided = false;
  #wanted: SourceVersion | null = null;
  readonly #older: SourceVersion[] = [];
  readonly #newer: SourceVersion[] = [];

  constructor(key: string, asOfMs: number) {
    this.key = key;
    this.#asOfMs = asOfMs;
  }

  take(version: ObjectVersion): void {
    this.#seen += 1;
    const isFirst = this.#seen === 1;
    const decides = !this.#isDecided && version.modifiedMs <= this.#asOfMs;
    if (decides) this.#isDecided = true;
    if (version.isDeleteMarker) {
      if (isFirst) this.#isMarked = true;
      return;
    }
    const told = sourceVersion(version);
    if (isFirst) this.#current = told;
    if (decides) this.#wanted = told;
    else if (this.#isDecided) {
      if (this.#older.length < MOST_OTHERS) this.#older.push(told);
    } else {
      // The newest of those that are younger are the first to come.
      if (this.#newer.length < MOST_OTHERS) this.#newer.push(told);
    }
  }

  state(): KeyState {
    return {
      key: this.key,
      current: this.#current,
      isMarked: this.#isMarked,
      wanted: this.#wanted,
      others: [...this.#older, ...this.#newer].slice(0, MOST_OTHERS),
    };
  }
}

/** A key of two listings: the bucket's own, and that of another store which is as it should be. */
export function pairedState(key: string, current: ObjectInfo | null, wanted: ObjectInfo | null): KeyState {
  return {
    key,
    current: current === null ? null : sourceVersion(current),
    isMarked: false,
    wanted: wanted === null ? null : sourceVersion(wanted),
    others: [],
  };
}

/** Everything that the source has under a key, in the order in which it is tried. */
export function triesOf({ wanted, others }: KeyState): readonly SourceVersion[] {
  return wanted === null ? others : [wanted, ...others];
}

/** As a listing would give it: what reads objects takes it. */
export function objectOf(key: string, version: SourceVersion): ObjectInfo {
  return { key, ...version };
}

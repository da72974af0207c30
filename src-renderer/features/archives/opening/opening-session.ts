import type { ArchiveOpened } from "../../../../src-shared/api/archives.api.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { ArchiveAssumptions, ArchiveDescription, ArchiveQuestion } from "../../../../src-shared/model/archive.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { dropUploads, uploadFiles, type ArchivesClient, type UploadProgress } from "./upload-files.ts";

/** What is to be opened: by place, or sent to the core by this browser. */
type Source =
  | { readonly kind: "paths"; readonly paths: readonly string[] }
  | { readonly kind: "uploads"; readonly uploads: readonly string[]; readonly names: readonly string[] };

/** Where an opening stands. `names` are what a person knows it by. */
export type OpeningSnapshot =
  | { readonly phase: "idle" }
  | { readonly phase: "confirm"; readonly names: readonly string[] }
  | { readonly phase: "uploading"; readonly names: readonly string[]; readonly progress: UploadProgress }
  | { readonly phase: "opening"; readonly names: readonly string[] }
  | {
      readonly phase: "questions";
      readonly names: readonly string[];
      readonly questions: readonly ArchiveQuestion[];
      readonly assumptions: ArchiveAssumptions;
    }
  | {
      readonly phase: "failed";
      readonly names: readonly string[];
      readonly error: WireError;
      /** Other assumptions may help; where the sending failed there is nothing yet to assume of. */
      readonly canChange: boolean;
    };

const IDLE: OpeningSnapshot = { phase: "idle" };

export interface OpeningSessionOptions {
  readonly client: ArchivesClient;
  readonly onOpened: (archive: ArchiveDescription) => void;
}

/**
 * One opening at a time: upload where needed, open, ask what the files do not say, open again. A newer opening takes the
 * place of the one before; what a link asks for waits until there is nobody else to answer.
 */
export class OpeningSession implements Disposable {
  readonly #client: ArchivesClient;
  readonly #onOpened: (archive: ArchiveDescription) => void;
  readonly #listeners = new Set<() => void>();
  #snapshot = IDLE;
  #source: Source | null = null;
  #files: readonly File[] = [];
  #assumptions: ArchiveAssumptions = {};
  #run: AbortController | null = null;
  #waiting: string[] = [];

  constructor({ client, onOpened }: OpeningSessionOptions) {
    this.#client = client;
    this.#onOpened = onOpened;
  }

  get snapshot(): OpeningSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async openPaths(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    this.#giveUp();
    this.#source = { kind: "paths", paths };
    await this.#open({});
  }

  /** Shows what is to be opened, and opens it when `answer` is called. */
  confirmPaths(paths: readonly string[]): void {
    const added = paths.filter((path) => !this.#waiting.includes(path));
    this.#waiting.push(...added);
    if (this.#snapshot.phase === "idle" || this.#snapshot.phase === "confirm") this.#showWaiting();
  }

  async uploadAndOpen(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.#giveUp();
    this.#files = files;
    const run = new AbortController();
    this.#run = run;
    const names = files.map(({ name }) => name);
    try {
      const uploads = await uploadFiles(this.#client, files, run.signal, (progress) => {
        if (!run.signal.aborted) this.#change({ phase: "uploading", names, progress });
      });
      if (run.signal.aborted) {
        dropUploads(this.#client, uploads);
        return;
      }
      this.#files = [];
      this.#source = { kind: "uploads", uploads, names };
    } catch (error) {
      if (!run.signal.aborted) this.#fail(names, error);
      return;
    }
    await this.#open({});
  }

  /** Opens what was shown or asked about, with what was said to it. */
  async answer(assumptions: ArchiveAssumptions): Promise<void> {
    if (this.#snapshot.phase === "confirm") {
      this.#source = { kind: "paths", paths: this.#waiting };
      this.#waiting = [];
    }
    await this.#open(assumptions);
  }

  /** The same again, as it was asked for. */
  async retry(): Promise<void> {
    if (this.#source === null) await this.uploadAndOpen(this.#files);
    else await this.#open(this.#assumptions);
  }

  /** Lets a person say more of what failed to open: its format, its encoding. */
  changeAnswers(): void {
    if (this.#source === null) return;
    const names = namesOf(this.#source);
    this.#change({ phase: "questions", names, questions: [], assumptions: this.#assumptions });
  }

  /** Nothing is opened. What the core was already doing it gives up. */
  cancel(): void {
    if (this.#snapshot.phase === "confirm") this.#waiting = [];
    this.#giveUp();
    this.#showWaiting();
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
    this.#giveUp();
  }

  async #open(assumptions: ArchiveAssumptions): Promise<void> {
    const source = this.#source;
    if (source === null) return;
    const run = new AbortController();
    this.#run = run;
    this.#assumptions = assumptions;
    const names = namesOf(source);
    this.#change({ phase: "opening", names });
    try {
      const opened = await this.#ask(source, assumptions, run.signal);
      if (run.signal.aborted) return;
      if (opened.kind === "questions") {
        this.#change({ phase: "questions", names, questions: opened.questions, assumptions });
        return;
      }
      // What was uploaded is the archive's now.
      this.#source = null;
      this.#run = null;
      this.#showWaiting();
      this.#onOpened(opened.archive);
    } catch (error) {
      if (!run.signal.aborted) this.#fail(names, error);
    }
  }

  #ask(source: Source, assumptions: ArchiveAssumptions, signal: AbortSignal): Promise<ArchiveOpened> {
    return source.kind === "paths"
      ? this.#client.open({ paths: [...source.paths], assumptions }, { signal })
      : this.#client.openUploads({ uploads: [...source.uploads], assumptions }, { signal });
  }

  #fail(names: readonly string[], thrown: unknown): void {
    this.#change({ phase: "failed", names, error: wireErrorOf(thrown), canChange: this.#source !== null });
  }

  #giveUp(): void {
    this.#run?.abort();
    this.#run = null;
    if (this.#source?.kind === "uploads") dropUploads(this.#client, this.#source.uploads);
    this.#source = null;
    this.#files = [];
  }

  #showWaiting(): void {
    this.#change(this.#waiting.length === 0 ? IDLE : { phase: "confirm", names: [...this.#waiting] });
  }

  #change(snapshot: OpeningSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}

function namesOf(source: Source): readonly string[] {
  return source.kind === "paths" ? source.paths : source.names;
}

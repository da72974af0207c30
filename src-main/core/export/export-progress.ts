import type { ProgressReport } from "../jobs/job-definition.ts";
import type { ExportPart, FinishedPart } from "./export-checkpoint.ts";

/** A part that is being read never counts as more than this of itself. */
const NEARLY = 0.99;
/** Below this share, what is done says too little about the whole. */
const FORESEEABLE = 0.02;

interface PartProgress {
  readonly weight: number;
  readonly expected: number | null;
  lines: number;
  bytes: number;
  finished: boolean;
}

/** Turns lines read of each part into the export's progress: parts weigh as much as the index says they hold. */
export class ExportProgress {
  readonly #parts: readonly PartProgress[];
  readonly #report: (progress: ProgressReport) => void;
  readonly #weight: number;
  #done = 0;
  #bytes = 0;

  constructor(
    parts: readonly ExportPart[],
    finished: readonly FinishedPart[],
    report: (progress: ProgressReport) => void,
  ) {
    this.#report = report;
    this.#parts = parts.map(({ lines }) => ({
      weight: Math.max(1, lines ?? 1),
      expected: lines,
      lines: 0,
      bytes: 0,
      finished: false,
    }));
    this.#weight = this.#parts.reduce((sum, { weight }) => sum + weight, 0);
    for (const { part, linesRead, lineBytes } of finished) this.#set(part, linesRead, lineBytes, true);
    this.#tell();
  }

  /** What a try of a part has read so far; a new try begins at 0 again. */
  read(part: number, lines: number, bytes: number): void {
    this.#set(part, lines, bytes, false);
    this.#tell();
  }

  finished({ part, linesRead, lineBytes }: FinishedPart): void {
    this.#set(part, linesRead, lineBytes, true);
    this.#tell();
  }

  #set(index: number, lines: number, bytes: number, finished: boolean): void {
    const part = this.#parts[index];
    if (part === undefined) return;
    part.lines = lines;
    part.bytes = bytes;
    part.finished = finished;
  }

  #tell(): void {
    let lines = 0;
    let bytes = 0;
    let weight = 0;
    for (const part of this.#parts) {
      lines += part.lines;
      bytes += part.bytes;
      const share = part.finished
        ? 1
        : part.expected === null || part.expected === 0
          ? 0
          : Math.min(NEARLY, part.lines / part.expected);
      weight += part.weight * share;
    }
    // A part that is begun anew takes back what it had counted; what is shown waits until it has caught up.
    this.#done = Math.max(this.#done, lines);
    this.#bytes = Math.max(this.#bytes, bytes);
    const fraction = this.#weight === 0 ? 1 : weight / this.#weight;
    const total = fraction < FORESEEABLE ? null : Math.max(this.#done, Math.round(this.#done / fraction));
    this.#report({ phase: "read", fraction, done: this.#done, total, unit: "rows", bytes: this.#bytes });
  }
}

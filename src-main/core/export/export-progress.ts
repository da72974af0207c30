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
  #lines = 0;
  #readBytes = 0;
  #reached = 0;
  #unfinished = 0;
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
    this.#unfinished = parts.length;
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
    this.#reached -= reached(part);
    this.#lines += lines - part.lines;
    this.#readBytes += bytes - part.bytes;
    part.lines = lines;
    part.bytes = bytes;
    if (finished !== part.finished) this.#unfinished += finished ? -1 : 1;
    part.finished = finished;
    this.#reached += reached(part);
  }

  #tell(): void {
    // A part that is begun anew takes back what it had counted; what is shown waits until it has caught up.
    this.#done = Math.max(this.#done, this.#lines);
    this.#bytes = Math.max(this.#bytes, this.#readBytes);
    const fraction = this.#unfinished === 0 ? 1 : Math.min(NEARLY, this.#reached / this.#weight);
    const total = fraction < FORESEEABLE ? null : Math.max(this.#done, Math.round(this.#done / fraction));
    this.#report({ phase: "read", fraction, done: this.#done, total, unit: "rows", bytes: this.#bytes });
  }
}

/** How much of its weight a part counts for. */
function reached({ weight, expected, lines, finished }: PartProgress): number {
  if (finished) return weight;
  return expected === null || expected === 0 ? 0 : weight * Math.min(NEARLY, lines / expected);
}

import type { ArchiveManifest } from "../../../src-shared/model/archive-manifest.ts";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import type { TimeRange } from "../../../src-shared/model/nano-time.ts";
import type { RedactionPattern } from "../../../src-shared/model/redaction-pattern.ts";
import type { ArchiveWriter } from "../archive/archive-writer.ts";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";
import type { ProgressReport } from "../jobs/job-definition.ts";
import type { LogSource } from "../logs/log-source.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import type { ExportCheckpoint } from "./export-checkpoint.ts";

/** What is to be exported, and where to. */
export interface ExportPlan {
  /** Title of the site, or the address; part of the manifest, and of what makes an export the same one. */
  readonly site: string;
  readonly tenant: string;
  readonly query: string;
  /** Half open; its end does not move while the export runs, nor when it is taken up again. */
  readonly range: TimeRange;
  readonly redact: readonly RedactionPattern[];
  readonly linesPerSecond: number | null;
  /** Parts of the range that are read at the same time. */
  readonly parallel: number;
  /** Where slices are written: the archive itself, or a work folder when the archive goes to a store. */
  readonly directory: string;
  /** What the summary calls the destination. */
  readonly place: string;
  readonly exportedBy: string;
  /** `kubemate 0.1.0` */
  readonly program: string;
}

/** Where an export remembers how far it is. */
export interface ExportMemory {
  load(): Promise<ExportCheckpoint | null>;
  /** On disk when it resolves. */
  commit(checkpoint: ExportCheckpoint): Promise<void>;
}

/** What an export works with; all of it is opened and disposed by the caller. */
export interface ExportParts {
  readonly source: LogSource;
  readonly writer: ArchiveWriter;
  readonly chooseLabelColumns: (streams: readonly LabelSet[]) => LabelSet;
  readonly writeManifest: (directory: string, manifest: ArchiveManifest) => Promise<void>;
  readonly checkpoint: ExportMemory;
  readonly report: (progress: ProgressReport) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** For jitter; `Math.random` unless a test says otherwise. */
  readonly random?: () => number;
  /** Rows that a part should have at most, by what the index promises. */
  readonly partLines?: number;
  /** Where the archive goes when not into a folder: keys below the store's own prefix are the archive's paths. */
  readonly store?: ObjectStore;
}

import type { RuntimePlace } from "../../../../src-shared/model/tenants/board.ts";

/** Who wrote an object last, one entry for each manager (meta/v1 `managedFields`). */
export interface FieldsManager {
  readonly manager: string;
  readonly operation: string;
  /** `null` where the server does not say when. */
  readonly atMs: number | null;
}

/** The ConfigMap of a runtime configuration as it stands, with the one file in it that is changed. */
export interface RuntimeMap {
  readonly uid: string;
  readonly resourceVersion: string;
  /** The file. */
  readonly text: string;
  /** Under `binaryData`: a file with bytes that are no UTF-8, or gzip. Such a file is not changed. */
  readonly binary: boolean;
  readonly immutable: boolean;
  /** `kubemate.io/limits-expire`. */
  readonly annotation: string | undefined;
  /** Without `text`: keys and values of the rest of it, all that counts towards its 1 MiB. */
  readonly otherBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly managers: readonly FieldsManager[];
}

export type MapName = Pick<RuntimePlace, "namespace" | "name" | "key">;

/** What is written: the file and the annotation (`null` takes it off), and nothing else of the object. */
export interface MapContent {
  readonly text: string;
  readonly annotation: string | null;
}

/** Reads and writes the ConfigMap of a runtime configuration. */
export interface RuntimeMapStore {
  /** @throws AppError `tenants.runtime-config-missing` without that file in it, `cluster.*` */
  read(place: MapName, signal: AbortSignal): Promise<RuntimeMap>;
  /**
   * Writes once, provided that the object still has this version; answers with the new one.
   * @throws AppError `cluster.conflict` when it has not, `operation.outcome-unknown` where it may have been written, and
   * whatever says that it was not
   */
  write(place: MapName, resourceVersion: string, content: MapContent, signal: AbortSignal): Promise<string>;
}

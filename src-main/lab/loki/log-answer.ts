import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { goJson, goJsonLabels, goJsonString } from "../format/go-json.ts";
import { goLabelSet } from "../format/go-text.ts";
import type { EntryChunk } from "../store/entry-chunk.ts";
import type { LabStream } from "../store/stream.ts";

const CLOSE_ENTRY = Buffer.from("],");
const FIRST_BYTES = 8 * 1024;

/** One result stream and the bytes of its values, each followed by a comma. */
class ResultStream {
  readonly labels: LabelSet;
  readonly labelText: string;
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private length = 0;

  constructor(labels: LabelSet, labelText: string) {
    this.labels = labels;
    this.labelText = labelText;
  }

  copy(from: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.length += from.copy(this.bytes, this.length, start, end);
  }

  write(text: string): void {
    this.reserve(text.length * 3);
    this.length += this.bytes.write(text, this.length);
  }

  /** The values without the last comma. */
  values(): Buffer {
    return this.bytes.subarray(0, Math.max(0, this.length - 1));
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

/**
 * Gathers the entries of a log query's answer, in their order, into result streams. With categorised labels a result stream
 * is a stored one; without, structured metadata and parsed labels belong to its identity.
 */
export class LogAnswer {
  readonly categorize: boolean;
  private readonly streams = new Map<string, ResultStream>();
  private readonly byStored = new Map<string, ResultStream>();
  private entries = 0;

  constructor(categorize: boolean) {
    this.categorize = categorize;
  }

  get count(): number {
    return this.entries;
  }

  get streamCount(): number {
    return this.streams.size;
  }

  /** An entry as it is stored; its bytes are copied. */
  addStored(stream: LabStream, chunk: EntryChunk, index: number): void {
    this.entries += 1;
    const start = chunk.starts[index] ?? 0;
    if (this.categorize) {
      const known = this.byStored.get(stream.labelText) ?? this.openStored(stream.labelText, stream.labels);
      known.copy(chunk.bytes, start, chunk.starts[index + 1] ?? 0);
      return;
    }
    const key = `${stream.labelText}${chunk.metadataKey(index)}`;
    const known = this.byStored.get(key) ?? this.openStored(key, { ...stream.labels, ...chunk.metadataAt(index) });
    known.copy(chunk.bytes, start, chunk.middles[index] ?? 0);
    known.copy(CLOSE_ENTRY, 0, CLOSE_ENTRY.length);
  }

  /** An entry that a pipeline has changed or labelled. */
  addWritten(timestampNs: bigint, line: string, labels: CategorizedLabels): void {
    this.entries += 1;
    const all = this.categorize ? labels.stream : { ...labels.stream, ...labels.metadata, ...labels.parsed };
    const extra = this.categorize ? `,${extraJson(labels)}` : "";
    this.open(goLabelSet(all), all).write(`["${timestampNs}",${goJsonString(line)}${extra}],`);
  }

  /** The whole `query_range` body. Streams are sorted by their labels' text. */
  body(stats: unknown, warnings: readonly string[] = []): Buffer {
    const flags = this.categorize ? `"encodingFlags":["categorize-labels"],` : "";
    const told = warnings.length === 0 ? "" : `"warnings":${goJson(warnings)},`;
    const pieces: Buffer[] = [
      Buffer.from(`{"status":"success",${told}"data":{"resultType":"streams",${flags}"result":[`),
    ];
    for (const [index, stream] of this.sorted().entries()) {
      pieces.push(Buffer.from(`${index > 0 ? "," : ""}{"stream":${goJsonLabels(stream.labels)},"values":[`));
      pieces.push(stream.values(), Buffer.from("]}"));
    }
    pieces.push(Buffer.from(`],"stats":${goJson(stats)}}}`));
    return Buffer.concat(pieces);
  }

  /** The result streams, sorted, each with its values as a JSON array; for the legacy shapes. */
  resultStreams(): readonly { readonly labels: LabelSet; readonly labelText: string; readonly values: string }[] {
    return this.sorted().map((stream) => ({
      labels: stream.labels,
      labelText: stream.labelText,
      values: `[${stream.values().toString()}]`,
    }));
  }

  private sorted(): ResultStream[] {
    return [...this.streams.values()].sort((a, b) => (a.labelText < b.labelText ? -1 : 1));
  }

  private openStored(key: string, labels: LabelSet): ResultStream {
    const opened = this.open(goLabelSet(labels), labels);
    this.byStored.set(key, opened);
    return opened;
  }

  private open(labelText: string, labels: LabelSet): ResultStream {
    const known = this.streams.get(labelText);
    if (known !== undefined) return known;
    const created = new ResultStream(labels, labelText);
    this.streams.set(labelText, created);
    return created;
  }
}

/** A row's labels by where they come from, as the categorize-labels flag asks for them. */
export interface CategorizedLabels {
  readonly stream: LabelSet;
  readonly metadata: LabelSet;
  readonly parsed: LabelSet;
}

/** The third element of a value: metadata and parsed labels, each left out when empty. */
export function extraJson(labels: Omit<CategorizedLabels, "stream">): string {
  const parts: string[] = [];
  if (Object.keys(labels.metadata).length > 0) parts.push(`"structuredMetadata":${goJsonLabels(labels.metadata)}`);
  if (Object.keys(labels.parsed).length > 0) parts.push(`"parsed":${goJsonLabels(labels.parsed)}`);
  return `{${parts.join(",")}}`;
}

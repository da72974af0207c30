import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { goLabelSet } from "../format/go-text.ts";
import type { StoredEntry } from "./entry.ts";
import { PushedStream } from "./pushed-stream.ts";
import type { LabStream } from "./stream.ts";

/** Told of every entry that a push has stored; how tails learn of them. */
export type EntryListener = (stream: LabStream, entry: StoredEntry) => void;

/** One tenant's streams: those that flow by themselves, and those that were pushed. */
export class TenantStore {
  private readonly generated: LabStream[] = [];
  private readonly sources: { streams(): readonly LabStream[] }[] = [];
  private readonly pushed = new Map<string, PushedStream>();
  private readonly listeners = new Set<EntryListener>();
  private readonly maxPushedBytes: number;

  constructor(maxPushedBytes: number) {
    this.maxPushedBytes = maxPushedBytes;
  }

  addGenerated(stream: LabStream): void {
    this.generated.push(stream);
  }

  /** Streams that come to be one by one. */
  addSource(source: { streams(): readonly LabStream[] }): void {
    this.sources.push(source);
  }

  generatedStreams(): readonly LabStream[] {
    if (this.sources.length === 0) return this.generated;
    return [...this.generated, ...this.sources.flatMap((source) => source.streams())];
  }

  /** Pushed streams and generated ones; two of them may have the same labels. */
  streams(): LabStream[] {
    return [...this.generatedStreams(), ...this.pushed.values()];
  }

  pushedStream(labelText: string): PushedStream | undefined {
    return this.pushed.get(labelText);
  }

  get pushedStreamCount(): number {
    return this.pushed.size;
  }

  openPushed(labels: LabelSet): PushedStream {
    const labelText = goLabelSet(labels);
    const known = this.pushed.get(labelText);
    if (known !== undefined) return known;
    const created = new PushedStream(labels);
    this.pushed.set(labelText, created);
    return created;
  }

  append(stream: PushedStream, entry: StoredEntry): void {
    if (!stream.append(entry)) return;
    for (const listener of this.listeners) listener(stream, entry);
  }

  listen(listener: EntryListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  flush(): void {
    for (const stream of this.pushed.values()) stream.flush();
  }

  /** Drops the oldest pushed chunks until the bound holds, so that a lab left running stays small. */
  enforceRetention(): void {
    let bytes = 0;
    for (const stream of this.pushed.values()) bytes += stream.sizeBytes;
    while (bytes > this.maxPushedBytes) {
      const oldest = this.oldestPushed();
      if (oldest === null) return;
      const before = oldest.sizeBytes;
      if (!oldest.dropOldest()) return;
      bytes -= before - oldest.sizeBytes;
      if (oldest.empty) this.pushed.delete(oldest.labelText);
    }
  }

  private oldestPushed(): PushedStream | null {
    let oldest: PushedStream | null = null;
    for (const stream of this.pushed.values()) {
      const time = stream.oldestNs();
      const least = oldest?.oldestNs() ?? null;
      if (time !== null && (least === null || time < least)) oldest = stream;
    }
    return oldest;
  }
}

/** All tenants. A tenant that was never written to reads as empty, as in Loki. */
export class LogStore {
  private readonly tenants = new Map<string, TenantStore>();
  private readonly maxPushedBytes: number;

  constructor(maxPushedBytes: number) {
    this.maxPushedBytes = maxPushedBytes;
  }

  tenant(name: string): TenantStore {
    const known = this.tenants.get(name);
    if (known !== undefined) return known;
    const created = new TenantStore(this.maxPushedBytes);
    this.tenants.set(name, created);
    return created;
  }

  /** Without creating one: reading must not make tenants. */
  peek(name: string): TenantStore | null {
    return this.tenants.get(name) ?? null;
  }

  names(): string[] {
    return [...this.tenants.keys()].sort();
  }

  all(): IterableIterator<TenantStore> {
    return this.tenants.values();
  }
}

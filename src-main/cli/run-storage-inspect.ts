import type { ObjectInspection } from "../../src-shared/model/storage/inspection.ts";
import { inspectObject } from "../core/storage/inspect/inspect-object.ts";
import { audited, openBase, type CommandContext, type OutputFormat } from "./command-context.ts";
import { openCliStore, storeSubject } from "./open-storage-store.ts";
import { jsonLine, terminalSafe, write } from "./terminal.ts";

type ChunkInspection = Extract<ObjectInspection, { readonly kind: "chunk" }>;
type IndexInspection = Extract<ObjectInspection, { readonly kind: "index" }>;

export interface StorageInspectOptions {
  readonly store: string;
  readonly indexPrefix: string;
  /** Of the object; the newest without. */
  readonly versionId?: string;
  readonly output: OutputFormat;
}

/** Prints what is in one object of a bucket, and what is wrong with it. */
export async function runStorageInspect(
  context: CommandContext,
  key: string,
  { store: address, indexPrefix, versionId, output }: StorageInspectOptions,
): Promise<void> {
  const { stdout, signal } = context.terminal;
  using base = openBase(context);
  const act = {
    action: "storage.inspect",
    permission: "storage.scan",
    auditClass: "access",
    subject: { store: storeSubject(address), key },
  } as const;
  const inspection = await audited(base, context, act, async () => {
    await using opened = await openCliStore(address, base, context, { indexPrefix });
    const { store, layout } = opened;
    return await inspectObject(store, key, signal, { layout, ...(versionId === undefined ? {} : { versionId }) });
  });
  if (output !== "text") await write(stdout, jsonLine(inspection));
  else await write(stdout, textOf(inspection.kind === "chunk" ? chunkText(inspection) : indexText(inspection)));
}

function textOf(lines: readonly string[]): string {
  return `${lines.map(terminalSafe).join("\n")}\n`;
}

function chunkText(chunk: ChunkInspection): readonly string[] {
  const labels = Object.entries(chunk.labels ?? {}).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [
    `chunk ${chunk.key}, ${chunk.sizeBytes} bytes, format ${chunk.version ?? "?"}, ${chunk.codec ?? "?"}`,
    `tenant ${chunk.tenant ?? "?"}, stream ${chunk.fingerprint ?? "?"} {${labels.join(", ")}}`,
    `${chunk.from ?? "?"} to ${chunk.through ?? "?"}, ${chunk.entries} entries in ${chunk.blockCount} blocks`,
    ...chunk.blocks.map(
      ({ number, offset, bytes, entries, from, through, sound }) =>
        `block ${number} at ${offset}, ${bytes} bytes, ${entries} entries, ${from} to ${through}${sound ? "" : ": DAMAGED"}`,
    ),
    ...chunk.firstLines.map(({ time, line }) => `${time}  ${line}`),
    ...chunk.findings.map(findingText),
    ...chunk.hex,
  ];
}

function indexText(index: IndexInspection): readonly string[] {
  return [
    `index ${index.key}, ${index.sizeBytes} bytes, unpacked ${index.unpackedBytes ?? "?"}, version ${index.version ?? "?"}`,
    `${index.from ?? "?"} to ${index.through ?? "?"}, ${index.series} series, ${index.chunks} chunks`,
    ...index.tenants.map(({ tenant, series }) => `tenant ${tenant}: ${series} series`),
    ...(index.problem === null ? [] : [`gzip: ${index.problem}`]),
    ...index.findings.map(findingText),
    ...(index.unlisted === 0 ? [] : [`${index.unlisted} more findings`]),
  ];
}

function findingText({ what, offset, expected, actual, detail }: ObjectInspection["findings"][number]): string {
  const values = expected === null ? (actual ?? "") : `${actual ?? "nothing"} instead of ${expected}`;
  return [`finding ${what} at byte ${offset}`, values, detail ?? ""].filter((part) => part !== "").join(": ");
}

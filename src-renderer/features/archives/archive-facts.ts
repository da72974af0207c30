import { IconArchive, IconBucket, IconBriefcase, IconFileText, IconTable, type Icon } from "@tabler/icons-react";
import type { ArchiveDescription, ArchiveKind } from "../../../src-shared/model/archive.ts";
import type { Formats } from "../../hooks/formats.ts";

export const KIND_ICONS: Readonly<Record<ArchiveKind, Icon>> = {
  kubemate: IconArchive,
  parquet: IconTable,
  bucket: IconBucket,
  files: IconFileText,
  capsule: IconBriefcase,
};

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((all, value) => (all === null || value === null ? null : all + value), 0);
}

/** Rows and bytes of all tenants; `null` where one of them is not known. */
export function archiveTotals({ tenants }: ArchiveDescription): {
  readonly rows: number | null;
  readonly bytes: number | null;
} {
  return { rows: sum(tenants.map(({ rows }) => rows)), bytes: sum(tenants.map(({ bytes }) => bytes)) };
}

/** The first and the last instant, to the second; the day of the second is left out where it is the first's. */
export function spanText(startNs: string | null, endNs: string | null, formats: Formats): string | undefined {
  if (startNs === null || endNs === null) return undefined;
  const start = formats.timestamp(startNs, { fraction: 0 });
  const end = formats.timestamp(endNs, { fraction: 0 });
  return start.slice(0, 10) === end.slice(0, 10) ? `${start} – ${end.slice(11)}` : `${start} – ${end}`;
}

export function rangeText({ tenants }: ArchiveDescription, formats: Formats): string | undefined {
  const times = tenants.flatMap(({ startNs, endNs }) =>
    startNs === null || endNs === null ? [] : [{ start: BigInt(startNs), end: BigInt(endNs) }],
  );
  const [first] = times;
  if (first === undefined) return undefined;
  const start = times.reduce((least, one) => (one.start < least ? one.start : least), first.start);
  const end = times.reduce((most, one) => (one.end > most ? one.end : most), first.end);
  return spanText(String(start), String(end), formats);
}

/** A folder's name made of a title: what a disk takes anywhere. */
export function folderName(title: string): string {
  const name = title
    .normalize("NFKC")
    .replace(/[^\p{Letter}\p{Number}._-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80);
  return name === "" ? "archive" : name;
}

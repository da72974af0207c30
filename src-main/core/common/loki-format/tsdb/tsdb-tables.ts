import { ByteCursor, readU32 } from "../byte-cursor.ts";
import type { TsdbFindings } from "./tsdb-finding.ts";
import { checkedSection, sectionEnd, type TsdbToc } from "./tsdb-toc.ts";

const decoder = new TextDecoder();
const ALIGNMENT = 4;

/** Lists of 4-byte numbers one behind another, each `u32 length | content | u32 CRC`: label indices and postings. */
function checkLists(file: Uint8Array, start: number, end: number, onBroken: (offset: number) => void): void {
  let at = start;
  while (at + 8 <= end) {
    at = Math.ceil(at / ALIGNMENT) * ALIGNMENT;
    const section = checkedSection(file, at, end);
    if (section === null) {
      if (at + 8 <= end) onBroken(at);
      return;
    }
    if (!section.sound) onBroken(at);
    at = section.end + 4;
  }
}

/**
 * Checks the tables that queries begin with: label indices, postings and fingerprint offsets. Every series has to be in the
 * postings of all series and no other may. `series` are the byte offsets of all that are there.
 */
export function checkTsdbTables(
  file: Uint8Array,
  toc: TsdbToc,
  series: ReadonlySet<number>,
  findings: TsdbFindings,
): void {
  if (toc.labelIndices > 0) {
    checkLists(file, toc.labelIndices, sectionEnd(toc, toc.labelIndices), (offset) =>
      findings.add({ kind: "label-index-checksum", offset }),
    );
  }
  checkTable(file, toc, toc.labelIndicesTable, () =>
    findings.add({ kind: "label-index-checksum", offset: toc.labelIndicesTable }),
  );
  if (toc.postings > 0) {
    checkLists(file, toc.postings, sectionEnd(toc, toc.postings), (offset) =>
      findings.add({ kind: "postings-checksum", offset }),
    );
  }
  checkTable(file, toc, toc.postingsTable, () =>
    findings.add({ kind: "postings-checksum", offset: toc.postingsTable }),
  );
  checkTable(file, toc, toc.fingerprintOffsets, () =>
    findings.add({ kind: "fingerprint-offsets-checksum", offset: toc.fingerprintOffsets }),
  );
  checkAllPostings(file, toc, series, findings);
}

function checkTable(file: Uint8Array, toc: TsdbToc, offset: number, onBroken: () => void): void {
  if (offset > 0 && checkedSection(file, offset, sectionEnd(toc, offset))?.sound !== true) onBroken();
}

function checkAllPostings(file: Uint8Array, toc: TsdbToc, series: ReadonlySet<number>, findings: TsdbFindings): void {
  if (toc.postingsTable === 0) return;
  const table = checkedSection(file, toc.postingsTable, sectionEnd(toc, toc.postingsTable));
  if (table?.sound !== true) return;
  const cursor = new ByteCursor(file, table.start, table.end);
  const count = cursor.u32be();
  for (let entry = 0; entry < count && !cursor.failed; entry += 1) {
    // Always 2: a name and a value.
    cursor.uvarint();
    const name = decoder.decode(cursor.take(cursor.uvarint()));
    cursor.take(cursor.uvarint());
    const offset = cursor.uvarint();
    const list = cursor.failed ? null : checkedSection(file, offset, toc.at);
    if (list === null) {
      findings.add({ kind: "postings-series", offset: toc.postingsTable, detail: name.slice(0, 200) });
      return;
    }
    if (!list.sound) continue;
    const listed = readU32(file, list.start);
    let strange = 0;
    for (let at = 0; at < listed && list.start + 4 + at * 4 < list.end; at += 1) {
      if (!series.has(readU32(file, list.start + 4 + at * 4) * 16)) strange += 1;
    }
    const missing = name === "" ? series.size - (listed - strange) : 0;
    if (strange === 0 && missing <= 0) continue;
    findings.add({
      kind: "postings-series",
      offset,
      detail: name.slice(0, 200),
      expected: String(series.size),
      actual: String(listed - strange),
    });
  }
}

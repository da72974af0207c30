import { useMemo, type ReactElement } from "react";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { LoadingView } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";
import { useQuestion } from "../session/use-question.ts";
import styles from "./details.module.css";
import { readLineBytes } from "./read-line-bytes.ts";
import { TextLines } from "./text-lines.tsx";
import { utf8Faults } from "./utf8-faults.ts";

interface BytesViewProps {
  readonly client: LogsClient;
  readonly view: ResultSetView;
  readonly row: number;
}

const BYTES_A_LINE = 8;

/** The bytes of a line that is not UTF-8, in hex, with those marked that no character could be made of. */
export function BytesView({ client, view, row }: BytesViewProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const answer = useQuestion(`${view.id} ${row}`, (signal) => readLineBytes(client, view, row, signal));
  const bytes = answer.value;
  const marked = useMemo(() => (bytes === null ? null : markedBytes(bytes)), [bytes]);
  if (answer.error !== null) return <ErrorPanel error={answer.error} onRetry={answer.again} />;
  if (bytes === null || marked === null || answer.loading) return <LoadingView rowHeight={18} rows={8} />;
  const bad = marked.reduce((sum, isBad) => sum + isBad, 0);
  return (
    <div className={styles.viewBody}>
      <p className={styles.bytesNote}>
        {t("explore.bytes.count", { count: bad, bytes: formats.number(bad), all: formats.number(bytes.length) })}
      </p>
      <TextLines
        count={Math.ceil(bytes.length / BYTES_A_LINE)}
        label={t("explore.bytes.label")}
        renderLine={(line) => <HexLine bytes={bytes} from={line * BYTES_A_LINE} marked={marked} />}
      />
    </div>
  );
}

/** 1 for each byte that belongs to no character. */
function markedBytes(bytes: Uint8Array): Uint8Array {
  const marked = new Uint8Array(bytes.length);
  for (const { from, to } of utf8Faults(bytes)) marked.fill(1, from, to);
  return marked;
}

interface HexLineProps {
  readonly bytes: Uint8Array;
  readonly marked: Uint8Array;
  readonly from: number;
}

function HexLine({ bytes, marked, from }: HexLineProps): ReactElement {
  const places = Array.from({ length: Math.min(BYTES_A_LINE, bytes.length - from) }, (_, index) => from + index);
  return (
    <span className={styles.hexLine}>
      <span className={styles.hexOffset}>{hex(from, 6)}</span>
      <span className={styles.hexBytes}>
        {places.map((place) => (
          <span className={marked[place] === 1 ? styles.hexBad : styles.hexByte} key={place}>
            {hex(bytes[place] ?? 0, 2)}
          </span>
        ))}
      </span>
      <span aria-hidden className={styles.hexText}>
        {places.map((place) => asciiSign(bytes[place] ?? 0)).join("")}
      </span>
    </span>
  );
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}

function asciiSign(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·";
}

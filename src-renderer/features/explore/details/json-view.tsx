import { useEffect, useRef, useState, type ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import styles from "./details.module.css";
import { JsonPrinter, MAX_PRETTY_LINES, type PrettyLine } from "./pretty-json.ts";
import { LineProgress } from "./raw-view.tsx";
import { TextLines } from "./text-lines.tsx";
import { runInSlices } from "./time-slices.ts";
import type { LineInHand } from "./use-line.ts";

/** A JSON line written out. It is printed in slices while it comes in; a line of 20 MB holds up nothing. */
export function JsonView({ line }: { readonly line: LineInHand }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const lines = usePrettyLines(line);
  return (
    <div className={styles.viewBody}>
      <TextLines
        count={lines.length}
        renderLine={(index) => <JsonLine line={lines[index]} />}
        label={t("explore.details.json")}
        onEndReached={() => line.reader.readMore()}
      />
      {lines.length >= MAX_PRETTY_LINES ? (
        <p className={styles.progress}>
          {t("explore.details.tooManyLines", { lines: formats.number(MAX_PRETTY_LINES) })}
        </p>
      ) : (
        <LineProgress line={line} />
      )}
    </div>
  );
}

interface Printing {
  readonly reader: unknown;
  readonly printer: JsonPrinter;
  readonly life: AbortController;
  pieces: number;
  busy: Promise<void>;
}

/** What was printed so far; a growing line is printed on, not anew. */
function usePrettyLines({ reader, snapshot }: LineInHand): readonly PrettyLine[] {
  const [lines, setLines] = useState<readonly PrettyLine[]>([]);
  const work = useRef<Printing | null>(null);
  const { pieces, done } = snapshot;
  useEffect(() => {
    let printing = work.current;
    if (printing?.reader !== reader) {
      printing?.life.abort();
      printing = {
        reader,
        printer: new JsonPrinter(),
        life: new AbortController(),
        pieces: 0,
        busy: Promise.resolve(),
      };
      work.current = printing;
    }
    const { printer, life } = printing;
    const fresh = pieces.slice(printing.pieces);
    printing.pieces = pieces.length;
    printing.busy = printing.busy.then(async () => {
      for (const piece of fresh) await runInSlices(printer.push(piece), life.signal);
      if (life.signal.aborted) return;
      if (done) printer.end();
      setLines(printer.lines.slice());
    });
  }, [reader, pieces, done]);
  useEffect(
    () => () => {
      work.current?.life.abort();
      work.current = null;
    },
    [],
  );
  return lines;
}

function JsonLine({ line }: { readonly line: PrettyLine | undefined }): ReactElement | null {
  if (line === undefined) return null;
  return (
    <span style={{ paddingInlineStart: line.depth * 14 }}>
      {line.key === null ? null : (
        <>
          <span className={styles.jsonKey}>{withVisibleCharacters(line.key)}</span>
          {": "}
        </>
      )}
      <span data-kind={line.kind}>{withVisibleCharacters(line.text)}</span>
    </span>
  );
}

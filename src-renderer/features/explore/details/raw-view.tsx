import { useCallback, useEffect, useMemo, useState, useSyncExternalStore, type ReactElement } from "react";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { Button } from "../../../components/button.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { RowText } from "./row-text.tsx";
import styles from "./details.module.css";
import { FoldedLine } from "./folded-line.ts";
import { TextLines } from "./text-lines.tsx";
import type { LineInHand } from "./use-line.ts";

const CHARACTER_PX = 7.2;

/** The line as it is, folded at the width of the drawer; the rest of a long one comes as one scrolls. */
export function RawView({ line }: { readonly line: LineInHand }): ReactElement {
  const t = useTranslate();
  const [columns, setColumns] = useState(56);
  const { reader } = line;
  const fold = useMemo(() => new FoldedLine(reader, columns), [reader, columns]);
  useEffect(() => {
    fold.start();
    return () => fold[Symbol.dispose]();
  }, [fold]);
  const folded = useSyncExternalStore(
    useCallback((listener: () => void) => fold.subscribe(listener), [fold]),
    () => fold.lines,
  );
  const measure = useCallback((element: HTMLDivElement | null) => {
    if (element === null) return undefined;
    const sizes = new ResizeObserver(() =>
      setColumns(Math.max(20, Math.floor((element.clientWidth - 34) / CHARACTER_PX))),
    );
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return (
    <div className={styles.viewBody} ref={measure}>
      <TextLines
        count={folded.length}
        renderLine={(index) => <RowText line={folded[index] ?? ""} />}
        label={t("explore.details.raw")}
        onEndReached={() => reader.readMore()}
      />
      <LineProgress line={line} />
    </div>
  );
}

/** How much of a long line was read, and the way to the rest. */
export function LineProgress({ line }: { readonly line: LineInHand }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const { reader, snapshot } = line;
  if (snapshot.error !== null) return <ErrorPanel error={snapshot.error} onRetry={() => reader.readMore()} />;
  if (snapshot.done) return null;
  return (
    <div className={styles.progress}>
      <span>
        {t("explore.details.readSoFar", {
          read: formats.bytes(snapshot.readBytes),
          all: formats.bytes(snapshot.lineBytes),
        })}
      </span>
      <Button compact loading={snapshot.reading} onClick={() => reader.readAll()}>
        {t("explore.details.readWhole")}
      </Button>
    </div>
  );
}

import { useMemo, type ReactElement } from "react";
import { CopyButton } from "../../../components/copy-button.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { markHexLine } from "./hex-line.ts";
import styles from "./object-view.module.css";

interface HexViewProps {
  readonly lines: readonly string[];
  /** Where something is wrong. */
  readonly offsets: readonly number[];
}

/** Bytes of the object around what is wrong, the place itself marked. */
export function HexView({ lines, offsets }: HexViewProps): ReactElement | null {
  const t = useTranslate();
  const marked = useMemo(() => {
    const places = new Set(offsets);
    return lines.map((line) => markHexLine(line, places));
  }, [lines, offsets]);
  if (lines.length === 0) return null;
  return (
    <section aria-label={t("storage.object.hex")} className={styles.part}>
      <h4 className={styles.heading}>
        {t("storage.object.hex")} <CopyButton label={t("storage.object.copyHex")} size={20} text={lines.join("\n")} />
      </h4>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling area must be reachable by keyboard */}
      <pre className={styles.hex} tabIndex={0}>
        {marked.map((pieces, row) => (
          <span key={lines[row]}>
            {pieces.map(({ text, bad }, place) =>
              bad ? (
                // oxlint-disable-next-line react/no-array-index-key -- pieces have no name but their place
                <mark className={styles.badByte} key={place}>
                  {text}
                </mark>
              ) : (
                text
              ),
            )}
            {"\n"}
          </span>
        ))}
      </pre>
    </section>
  );
}

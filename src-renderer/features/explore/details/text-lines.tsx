import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, type ReactElement, type ReactNode } from "react";
import styles from "./details.module.css";

interface TextLinesProps {
  readonly label: string;
  readonly count: number;
  readonly renderLine: (index: number) => ReactNode;
  /** The last lines are in sight. */
  readonly onEndReached?: () => void;
}

const LINE_PX = 18;

/** Lines of one height of a long text; only those in sight exist. */
export function TextLines({ label, count, renderLine, onEndReached }: TextLinesProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- no React compiler runs here
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 10,
    initialRect: { width: 600, height: 400 },
  });
  const items = virtual.getVirtualItems();
  const lastDrawn = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (count > 0 && lastDrawn >= count - 1) onEndReached?.();
  }, [lastDrawn, count, onEndReached]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role -- a region that scrolls must be reached by the keyboard
    <div aria-label={label} className={styles.text} ref={scroller} role="region" tabIndex={0}>
      <div className={styles.textInner} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => (
          <div className={styles.textLine} key={item.key} style={{ transform: `translateY(${item.start}px)` }}>
            {renderLine(item.index)}
          </div>
        ))}
      </div>
    </div>
  );
}

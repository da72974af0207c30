import type { Icon } from "@tabler/icons-react";
import type { ReactElement } from "react";
import styles from "./floating.module.css";

interface SmallButtonProps {
  readonly icon: Icon;
  /** What it does; its name and its hint. */
  readonly label: string;
  readonly onClick: () => void;
}

/**
 * An icon button of a table's row. There are dozens of them in a panel, which are drawn anew with each line that is opened:
 * the browser's own hint costs nothing, a tooltip component for each of them 50 ms.
 */
export function SmallButton({ icon: Glyph, label, onClick }: SmallButtonProps): ReactElement {
  return (
    <button aria-label={label} className={styles.small} onClick={onClick} title={label} type="button">
      <Glyph aria-hidden size={14} stroke={1.5} />
    </button>
  );
}

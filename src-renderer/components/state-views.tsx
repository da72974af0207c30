import { Skeleton } from "@mantine/core";
import { IconAlertTriangle, type Icon } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { ErrorPanel } from "./error-panel.tsx";
import styles from "./state-views.module.css";

/** Lines of uneven length, the same at each drawing: a skeleton must not flicker. */
const WIDTHS = ["72%", "54%", "81%", "63%", "47%", "76%", "58%", "69%"] as const;

/** Loading: rows of the height that the content will have, so that nothing jumps when it comes. */
export function LoadingView({
  rows = 4,
  rowHeight = 28,
}: {
  readonly rows?: number;
  readonly rowHeight?: number;
}): ReactElement {
  const t = useTranslate();
  return (
    <output aria-busy="true" aria-label={t("app.loading")} className={styles.loading}>
      {Array.from({ length: rows }, (_, row) => (
        // oxlint-disable-next-line react/no-array-index-key -- placeholders have no other name
        <div className={styles.placeholder} key={row} style={{ height: rowHeight }}>
          <Skeleton h={10} w={WIDTHS[row % WIDTHS.length]} />
        </div>
      ))}
    </output>
  );
}

interface EmptyViewProps {
  readonly icon?: Icon;
  readonly title: string;
  /** What to do next. */
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
  /** Inside a small panel: one left-aligned block instead of a centred one. */
  readonly small?: boolean;
}

/** Empty: says that there is nothing, why, and what to do next. */
export function EmptyView({ icon: Glyph, title, text, actions, small = false }: EmptyViewProps): ReactElement {
  return (
    <div className={styles.empty} data-small={small || undefined}>
      {Glyph === undefined || small ? null : <Glyph aria-hidden className={styles.emptyIcon} size={24} stroke={1.5} />}
      <p className={styles.emptyTitle}>{title}</p>
      {text === undefined ? null : <p className={styles.emptyText}>{text}</p>}
      {actions === undefined ? null : <div className={styles.emptyActions}>{actions}</div>}
    </div>
  );
}

interface FailedViewProps {
  readonly error: WireError;
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
  readonly actions?: ReactNode;
}

/** Failed: the error panel, with room around it. */
export function FailedView({ error, title, onRetry, actions }: FailedViewProps): ReactElement {
  return (
    <div className={styles.failed}>
      <ErrorPanel actions={actions} error={error} onRetry={onRetry} {...(title === undefined ? {} : { title })} />
    </div>
  );
}

/** Partial: what is shown is true but not all; says what is missing. Stands above the content, never instead of it. */
export function PartialNotice({
  children,
  actions,
}: {
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}): ReactElement {
  return (
    <output className={styles.partial}>
      <IconAlertTriangle aria-hidden className={styles.partialIcon} size={16} stroke={1.5} />
      <div className={styles.partialText}>{children}</div>
      {actions}
    </output>
  );
}

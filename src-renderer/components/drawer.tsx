// oxlint-disable jsx-a11y/prefer-tag-over-role -- a separator that is moved takes the focus; a rule does not
import { IconX } from "@tabler/icons-react";
import {
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
} from "react";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./drawer.module.css";
import { IconButton } from "./icon-button.tsx";

const MIN_WIDTH = 280;
const STEP = 24;

interface DrawerProps {
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly onClose: () => void;
  /** Width at the start, in pixels; a person may drag it or move it with the arrow keys. */
  readonly initialWidth?: number;
  /** Moves the focus into the drawer when it opens, and back to where it was when it closes. Default: yes. */
  readonly takeFocus?: boolean;
  readonly children: ReactNode;
}

/** Details beside the list, not over it: a part of the layout, closed by Escape. Put it last in a flex row. */
export function Drawer({
  title,
  actions,
  onClose,
  initialWidth = 420,
  takeFocus = true,
  children,
}: DrawerProps): ReactElement {
  const t = useTranslate();
  const heading = useId();
  const aside = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(initialWidth);

  useEffect(() => {
    if (!takeFocus) return undefined;
    const before = document.activeElement;
    aside.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [takeFocus]);

  const resize = (next: number): void => {
    const most = Math.max(MIN_WIDTH, (aside.current?.parentElement?.clientWidth ?? 1_200) - MIN_WIDTH);
    setWidth(Math.round(Math.min(Math.max(next, MIN_WIDTH), most)));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    event.preventDefault();
    const handle = event.currentTarget;
    const startX = event.clientX;
    const startWidth = width;
    handle.setPointerCapture(event.pointerId);
    const onMove = (move: globalThis.PointerEvent): void => resize(startWidth + startX - move.clientX);
    handle.addEventListener("pointermove", onMove);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", onMove), {
      once: true,
    });
  };
  const onHandleKey = (event: KeyboardEvent): void => {
    if (event.key === "ArrowLeft") resize(width + STEP);
    else if (event.key === "ArrowRight") resize(width - STEP);
    else return;
    event.preventDefault();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    onClose();
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes from anywhere inside
    <aside
      aria-labelledby={heading}
      className={styles.drawer}
      onKeyDown={onKeyDown}
      ref={aside}
      style={{ width }}
      tabIndex={-1}
    >
      <div
        aria-label={t("app.resize")}
        aria-orientation="vertical"
        aria-valuemin={MIN_WIDTH}
        aria-valuenow={width}
        className={styles.handle}
        onKeyDown={onHandleKey}
        onPointerDown={onPointerDown}
        role="separator"
        tabIndex={0}
      />
      <header className={styles.header}>
        <h2 className={styles.title} id={heading}>
          {title}
        </h2>
        <div className={styles.actions}>
          {actions}
          <IconButton icon={IconX} label={t("app.close")} onClick={onClose} shortcut="escape" />
        </div>
      </header>
      <div className={styles.body}>{children}</div>
    </aside>
  );
}

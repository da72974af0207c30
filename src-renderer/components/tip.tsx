import { Tooltip } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import type { Shortcut } from "../hooks/shortcut.ts";
import { Kbd } from "./kbd.tsx";
import styles from "./tip.module.css";

interface TipProps {
  readonly label: ReactNode;
  readonly shortcut?: Shortcut | undefined;
  readonly position?: "top" | "bottom" | "left" | "right";
  /** One element that takes a ref. */
  readonly children: ReactElement;
}

/** A word about a control, on hover and on keyboard focus. Long text wraps; nothing that one must know lives only here. */
export function Tip({ label, shortcut, position = "bottom", children }: TipProps): ReactElement {
  return (
    <Tooltip
      events={{ hover: true, focus: true, touch: false }}
      label={
        <span className={styles.line}>
          <span>{label}</span>
          {shortcut === undefined ? null : <Kbd shortcut={shortcut} />}
        </span>
      }
      maw={360}
      multiline
      openDelay={400}
      position={position}
      transitionProps={{ duration: 0 }}
      w="max-content"
    >
      {children}
    </Tooltip>
  );
}

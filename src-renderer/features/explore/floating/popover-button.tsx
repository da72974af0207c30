import { Popover, UnstyledButton } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import styles from "./floating.module.css";

interface PopoverButtonProps {
  readonly label: string;
  readonly shown: ReactNode;
  readonly opened: boolean;
  readonly onOpenChange: (opened: boolean) => void;
  readonly width?: number;
  readonly position?: "bottom-start" | "bottom-end";
  /** Looks: a plain part of a bar, or a control with a hairline. */
  readonly look?: "plain" | "control";
  readonly tone?: string;
  readonly children: ReactNode;
}

/** A button that opens a small panel under it. Escape and a click elsewhere close it; the focus goes in and comes back. */
export function PopoverButton(props: PopoverButtonProps): ReactElement {
  const { label, shown, opened, onOpenChange, width = 360, position = "bottom-start", look = "control", tone } = props;
  return (
    <Popover
      onChange={onOpenChange}
      opened={opened}
      position={position}
      returnFocus
      transitionProps={{ duration: 0 }}
      trapFocus
      width={width}
      withinPortal
    >
      <Popover.Target>
        <UnstyledButton
          aria-label={label}
          className={styles.target}
          data-look={look}
          data-tone={tone}
          onClick={() => onOpenChange(!opened)}
        >
          {shown}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={label} className={styles.dropdown ?? ""}>
        {opened ? props.children : null}
      </Popover.Dropdown>
    </Popover>
  );
}

import { ActionIcon } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ComponentPropsWithRef, MouseEvent, ReactElement } from "react";
import type { Shortcut } from "../hooks/shortcut.ts";
import { Tip } from "./tip.tsx";

interface IconButtonProps extends Omit<
  ComponentPropsWithRef<"button">,
  "children" | "color" | "aria-label" | "style" | "disabled"
> {
  readonly icon: Icon;
  /** What it does; the tooltip and the accessible name. */
  readonly label: string;
  readonly shortcut?: Shortcut | undefined;
  /** For a toggle: whether it is on. */
  readonly pressed?: boolean;
  /** Why it cannot be used now. It stays focusable, so that the reason can be read. */
  readonly disabledReason?: string | undefined;
  readonly disabled?: boolean;
  readonly size?: 20 | 24 | 28 | 32;
  readonly tipPosition?: "top" | "bottom" | "left" | "right";
}

/** A square button with an icon alone; always named. */
export function IconButton({
  icon: Glyph,
  label,
  shortcut,
  pressed,
  disabledReason,
  size = 28,
  tipPosition = "bottom",
  onClick,
  ...rest
}: IconButtonProps): ReactElement {
  const disabled = disabledReason !== undefined;
  const onPress = (event: MouseEvent<HTMLButtonElement>): void => {
    if (disabled) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <Tip label={disabled ? `${label} · ${disabledReason}` : label} position={tipPosition} shortcut={shortcut}>
      <ActionIcon
        aria-disabled={disabled || undefined}
        aria-label={label}
        aria-pressed={pressed}
        onClick={onPress}
        size={size}
        type="button"
        variant="subtle"
        {...(disabled ? { "data-disabled": true } : {})}
        {...rest}
      >
        <Glyph aria-hidden size={16} stroke={1.5} />
      </ActionIcon>
    </Tip>
  );
}

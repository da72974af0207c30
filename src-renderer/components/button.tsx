import { Button as MantineButton } from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ComponentPropsWithRef, MouseEvent, ReactElement } from "react";
import type { Shortcut } from "../hooks/shortcut.ts";
import { Tip } from "./tip.tsx";

interface ButtonProps extends Omit<ComponentPropsWithRef<"button">, "color" | "style" | "disabled"> {
  readonly icon?: Icon;
  /** One `primary` a view: what one came to do. */
  readonly tone?: "primary" | "default" | "quiet" | "danger";
  readonly compact?: boolean;
  /** Working on it: shows so and takes no second press. */
  readonly loading?: boolean;
  readonly shortcut?: Shortcut | undefined;
  /** Why it cannot be used now, shown as a tooltip. It stays focusable, so that the reason can be read. */
  readonly disabledReason?: string | undefined;
  readonly disabled?: boolean;
}

const VARIANTS = { primary: "filled", default: "default", quiet: "subtle", danger: "default" } as const;

export function Button({
  icon: Glyph,
  tone = "default",
  compact = false,
  loading = false,
  shortcut,
  disabledReason,
  onClick,
  children,
  ...rest
}: ButtonProps): ReactElement {
  const disabled = disabledReason !== undefined;
  const onPress = (event: MouseEvent<HTMLButtonElement>): void => {
    if (disabled) event.preventDefault();
    else onClick?.(event);
  };
  const button = (
    <MantineButton
      aria-disabled={disabled || undefined}
      data-tone={tone}
      leftSection={Glyph === undefined ? undefined : <Glyph aria-hidden size={16} stroke={1.5} />}
      loaderProps={{ type: "dots" }}
      loading={loading}
      onClick={onPress}
      size={compact ? "compact-xs" : "xs"}
      type="button"
      variant={VARIANTS[tone]}
      {...(disabled ? { "data-disabled": true } : {})}
      {...rest}
    >
      {children}
    </MantineButton>
  );
  if (disabledReason === undefined && shortcut === undefined) return button;
  return (
    <Tip label={disabledReason ?? children} shortcut={shortcut}>
      {button}
    </Tip>
  );
}

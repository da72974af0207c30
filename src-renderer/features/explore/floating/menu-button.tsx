import { Menu, UnstyledButton } from "@mantine/core";
import { IconChevronDown, type Icon } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import { Tip } from "../../../components/tip.tsx";
import styles from "./floating.module.css";

export interface MenuEntry {
  readonly id: string;
  readonly label: ReactNode;
  readonly icon?: Icon;
  readonly detail?: ReactNode;
  readonly checked?: boolean;
  readonly disabledReason?: string | undefined;
  /** Heading above it. */
  readonly heading?: string;
  /** A second thing to do with it (remove a saved query), at its right end. */
  readonly aside?: { readonly label: string; readonly icon: Icon; readonly run: () => void };
  readonly run: () => void;
}

interface MenuButtonProps {
  readonly label: string;
  readonly icon?: Icon;
  readonly shown?: ReactNode;
  readonly entries: readonly MenuEntry[];
  readonly footer?: ReactNode;
  readonly emptyText?: string;
  readonly width?: number;
  readonly position?: "bottom-start" | "bottom-end";
  readonly onOpen?: () => void;
}

/** A button with a menu; arrows, letters and Escape work as in any menu. */
export function MenuButton(props: MenuButtonProps): ReactElement {
  const { label, icon: Glyph, shown, entries, footer, emptyText, width = 300, position = "bottom-end", onOpen } = props;
  return (
    <Menu
      keepMounted={false}
      position={position}
      transitionProps={{ duration: 0 }}
      width={width}
      withinPortal
      {...(onOpen === undefined ? {} : { onOpen })}
    >
      <Tip label={label}>
        <span className={styles.anchor}>
          <Menu.Target>
            <UnstyledButton aria-label={label} className={styles.target} data-look="plain">
              {Glyph === undefined ? null : <Glyph aria-hidden size={16} stroke={1.5} />}
              {shown}
              <IconChevronDown aria-hidden className={styles.chevron} size={12} stroke={1.5} />
            </UnstyledButton>
          </Menu.Target>
        </span>
      </Tip>
      <Menu.Dropdown aria-label={label} className={styles.menu ?? ""}>
        {entries.length === 0 && emptyText !== undefined ? <p className={styles.empty}>{emptyText}</p> : null}
        {entries.flatMap((entry) => [
          ...(entry.heading === undefined
            ? []
            : [<Menu.Label key={`heading ${entry.id}`}>{entry.heading}</Menu.Label>]),
          <EntryItem entry={entry} key={entry.id} />,
        ])}
        {footer === undefined ? null : <div className={styles.footer}>{footer}</div>}
      </Menu.Dropdown>
    </Menu>
  );
}

function EntryItem({ entry }: { readonly entry: MenuEntry }): ReactElement {
  const { icon: Glyph, aside } = entry;
  const mark = entry.checked === undefined ? null : <span className={styles.check}>{entry.checked ? "✓" : ""}</span>;
  return (
    <div className={styles.item} role="none">
      <Menu.Item
        className={styles.itemMain ?? ""}
        disabled={entry.disabledReason !== undefined}
        leftSection={Glyph === undefined ? mark : <Glyph aria-hidden size={16} stroke={1.5} />}
        onClick={entry.run}
        title={entry.disabledReason}
        {...(entry.checked === undefined ? {} : { role: "menuitemcheckbox", "aria-checked": entry.checked })}
      >
        <span className={styles.itemLabel}>{entry.label}</span>
        {entry.detail === undefined ? null : <span className={styles.itemDetail}>{entry.detail}</span>}
      </Menu.Item>
      {aside === undefined ? null : (
        <Menu.Item
          aria-label={aside.label}
          className={styles.itemAside ?? ""}
          closeMenuOnClick={false}
          onClick={aside.run}
        >
          <aside.icon aria-hidden size={14} stroke={1.5} />
        </Menu.Item>
      )}
    </div>
  );
}

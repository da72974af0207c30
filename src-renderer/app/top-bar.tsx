import { UnstyledButton } from "@mantine/core";
import { IconLink, IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { useStore } from "zustand";
import { lazy, Suspense, type ReactElement } from "react";
import { Button } from "../components/button.tsx";
import { IconButton } from "../components/icon-button.tsx";
import { Kbd } from "../components/kbd.tsx";
import { allCommands } from "../hooks/commands.ts";
import { useCommandStore } from "../hooks/use-commands.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";
import { SessionControls } from "./session-controls.tsx";
import { SitePicker } from "./site-picker.tsx";
import { SourceSwitch } from "./source-switch.tsx";
import { TenantPicker } from "./tenant-picker.tsx";
import styles from "./top-bar.module.css";

const RangePicker = lazy(async () => ({
  default: (await import("../features/explore/range/range-picker.tsx")).RangePicker,
}));

/** The command under this id is what "Run" does; the query that is being typed is known to the screen only. */
const RUN_COMMAND = "explore.run";

export type OpenPicker = "site" | "tenant" | null;

interface TopBarProps {
  readonly picker: OpenPicker;
  readonly onPicker: (picker: OpenPicker) => void;
  readonly onPalette: () => void;
  readonly onCopyLink: () => void;
}

export function TopBar({ picker, onPicker, onPalette, onCopyLink }: TopBarProps): ReactElement {
  const t = useTranslate();
  const screen = useWorkspace((state) => state.screen);
  const source = useWorkspace((state) => state.source.kind);
  return (
    <header className={styles.bar}>
      <SitePicker onOpenChange={(opened) => onPicker(opened ? "site" : null)} opened={picker === "site"} />
      {source === "pods" ? null : (
        <TenantPicker onOpenChange={(opened) => onPicker(opened ? "tenant" : null)} opened={picker === "tenant"} />
      )}
      <SourceSwitch />
      <UnstyledButton className={styles.search} onClick={onPalette}>
        <IconSearch aria-hidden size={16} stroke={1.5} />
        <span className={styles.searchText}>{t("app.palette.open")}</span>
        <Kbd shortcut="mod+k" />
      </UnstyledButton>
      <SessionControls />
      {screen === "explore" ? (
        <div className={styles.run}>
          <IconButton icon={IconLink} label={t("app.copyLink")} onClick={onCopyLink} shortcut="mod+shift+c" />
          <Suspense fallback={<span className={styles.rangeSlot} />}>
            <RangePicker />
          </Suspense>
          <RunButton />
        </div>
      ) : null}
    </header>
  );
}

function RunButton(): ReactElement {
  const t = useTranslate();
  const commands = useCommandStore();
  const command = useStore(commands, (registry) => allCommands(registry).find((one) => one.id === RUN_COMMAND));
  const run = useWorkspace((state) => state.run);
  return (
    <Button
      disabledReason={command?.disabled}
      icon={IconPlayerPlay}
      onClick={() => (command === undefined ? run() : command.run())}
      shortcut={command?.shortcut}
      tone="primary"
    >
      {t("app.run")}
    </Button>
  );
}

import { UnstyledButton } from "@mantine/core";
import type { ReactElement } from "react";
import { Tip } from "../components/tip.tsx";
import { useForbidden } from "../hooks/use-permission.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";
import styles from "./nav-rail.module.css";
import { SCREEN_ENTRIES, type ScreenEntry } from "./screens.ts";

function RailButton({ entry }: { readonly entry: ScreenEntry }): ReactElement {
  const t = useTranslate();
  const active = useWorkspace((state) => state.screen === entry.name);
  const show = useWorkspace((state) => state.show);
  const forbidden = useForbidden(entry.permission);
  const label = t(entry.label);
  const Glyph = entry.icon;
  return (
    <li>
      <Tip
        label={forbidden === undefined ? label : `${label} · ${forbidden}`}
        position="right"
        shortcut={entry.shortcut}
      >
        <UnstyledButton
          aria-current={active ? "page" : undefined}
          aria-disabled={forbidden !== undefined || undefined}
          aria-label={label}
          className={styles.button}
          onClick={() => {
            if (forbidden === undefined) show(entry.name);
          }}
        >
          <Glyph aria-hidden size={20} stroke={1.5} />
        </UnstyledButton>
      </Tip>
    </li>
  );
}

export function NavRail(): ReactElement {
  const t = useTranslate();
  return (
    <nav aria-label={t("app.navigation")} className={styles.rail}>
      <ul className={styles.group}>
        {SCREEN_ENTRIES.filter((entry) => !entry.foot).map((entry) => (
          <RailButton entry={entry} key={entry.name} />
        ))}
      </ul>
      <ul className={styles.group}>
        {SCREEN_ENTRIES.filter((entry) => entry.foot).map((entry) => (
          <RailButton entry={entry} key={entry.name} />
        ))}
      </ul>
    </nav>
  );
}

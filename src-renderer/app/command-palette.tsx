import { Spotlight, type SpotlightStore } from "@mantine/spotlight";
import { useMemo, useState, type ReactElement } from "react";
import { useStore } from "zustand";
import { Kbd } from "../components/kbd.tsx";
import { allCommands, COMMAND_GROUPS, type Command } from "../hooks/commands.ts";
import { useAnswer } from "../hooks/use-answer.ts";
import { useArchives, wholeRange } from "../hooks/use-archives.ts";
import { useCommandStore } from "../hooks/use-commands.ts";
import { useForbidden } from "../hooks/use-permission.ts";
import { useTranslate, type Translate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";
import styles from "./command-palette.module.css";
import { matchCommands } from "./match-commands.ts";

const STORED_LIMIT = 8;
const SHOWN_LIMIT = 60;

export function commandText(t: Translate, command: Command): string {
  return typeof command.label === "string" ? t(command.label) : command.label.text;
}

/** Saved and recent queries as commands; running one goes to the site and tenant it was asked of. */
function useStoredQueries(asked: boolean): Command[] {
  const forbidden = useForbidden("logs.read");
  const input = (kind: "saved" | "recent") => (asked && forbidden === undefined ? { kind, limit: STORED_LIMIT } : null);
  const saved = useAnswer("queries", "list", input("saved"));
  const recent = useAnswer("queries", "list", input("recent"));
  const chooseSite = useWorkspace((state) => state.chooseSite);
  const chooseTenant = useWorkspace((state) => state.chooseTenant);
  const exploreArchive = useWorkspace((state) => state.exploreArchive);
  const { data: archives } = useArchives();
  const show = useWorkspace((state) => state.show);
  const run = useWorkspace((state) => state.run);
  const inArchive = useWorkspace((state) => state.source.kind === "archive");
  const site = useWorkspace((state) => state.site);
  const tenant = useWorkspace((state) => state.tenant);
  return useMemo(
    () =>
      [...(saved.data ?? []), ...(recent.data ?? [])].map((stored) => ({
        id: `query.${stored.id}`,
        group: "query",
        label: { text: stored.name ?? stored.query },
        detail: stored.name === undefined ? stored.tenant : `${stored.tenant} · ${stored.query}`,
        run: () => {
          const archive = archives?.find((one) => one.id === stored.site);
          if (archive !== undefined) {
            const range = wholeRange(archive, stored.tenant);
            exploreArchive({ archive: archive.id, tenant: stored.tenant, range, query: stored.query });
            return;
          }
          const elsewhere = stored.site !== site || inArchive;
          if (elsewhere) chooseSite(stored.site);
          if (elsewhere || stored.tenant !== tenant) chooseTenant(stored.tenant);
          show("explore");
          run(stored.query);
        },
      })),
    [saved.data, recent.data, archives, chooseSite, chooseTenant, exploreArchive, show, run, inArchive, site, tenant],
  );
}

interface CommandPaletteProps {
  readonly store: SpotlightStore;
}

/** Everything that can be done or gone to, by typing a few letters of it. */
export function CommandPalette({ store }: CommandPaletteProps): ReactElement {
  const t = useTranslate();
  const [search, setSearch] = useState("");
  const [opened, setOpened] = useState(false);
  const registry = useStore(useCommandStore());
  const stored = useStoredQueries(opened);

  const groups = useMemo(() => {
    if (!opened) return [];
    const offered = [...allCommands(registry).filter((command) => command.hidden !== true), ...stored];
    const matching = matchCommands(offered, search, (command) => [
      commandText(t, command),
      t(`app.commandGroup.${command.group}`),
      command.detail ?? "",
    ]).slice(0, SHOWN_LIMIT);
    return COMMAND_GROUPS.map((group) => ({
      group,
      members: matching.filter((command) => command.group === group),
    })).filter(({ members }) => members.length > 0);
  }, [opened, registry, stored, search, t]);

  return (
    <Spotlight.Root
      attributes={{ content: { "aria-label": t("app.palette.label") } }}
      centered={false}
      maxHeight="min(60vh, 520px)"
      onQueryChange={setSearch}
      onSpotlightClose={() => setOpened(false)}
      onSpotlightOpen={() => setOpened(true)}
      overlayProps={{ blur: 0 }}
      query={search}
      scrollable
      shortcut={null}
      size={640}
      store={store}
      transitionProps={{ duration: 0 }}
      yOffset={72}
    >
      <Spotlight.Search aria-label={t("app.palette.label")} placeholder={t("app.palette.placeholder")} />
      <Spotlight.ActionsList>
        {groups.map(({ group, members }) => (
          <Spotlight.ActionsGroup key={group} label={t(`app.commandGroup.${group}`)}>
            {members.map((command) => (
              <Spotlight.Action
                aria-disabled={command.disabled !== undefined || undefined}
                closeSpotlightOnTrigger={command.disabled === undefined}
                key={command.id}
                onClick={() => {
                  if (command.disabled === undefined) command.run();
                }}
              >
                <span className={styles.action} data-disabled={command.disabled !== undefined || undefined}>
                  <span className={styles.label}>{commandText(t, command)}</span>
                  <span className={styles.detail}>{command.disabled ?? command.detail}</span>
                  {command.shortcut === undefined ? null : <Kbd shortcut={command.shortcut} />}
                </span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 ? <Spotlight.Empty>{t("app.palette.none", { search })}</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

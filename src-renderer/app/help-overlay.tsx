import { Modal } from "@mantine/core";
import { useMemo, type ReactElement } from "react";
import { useStore } from "zustand";
import { Kbd } from "../components/kbd.tsx";
import { allCommands, COMMAND_GROUPS } from "../hooks/commands.ts";
import { useCommandStore } from "../hooks/use-commands.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { commandText } from "./command-palette.tsx";
import styles from "./help-overlay.module.css";

interface HelpOverlayProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Every shortcut that works right now; made from the same list that the keys are read by. */
export function HelpOverlay({ opened, onClose }: HelpOverlayProps): ReactElement {
  const t = useTranslate();
  const registry = useStore(useCommandStore());
  const groups = useMemo(() => {
    const commands = allCommands(registry).flatMap((command) =>
      command.shortcut === undefined ? [] : [{ ...command, shortcut: command.shortcut }],
    );
    return COMMAND_GROUPS.map((group) => ({
      group,
      members: commands.filter((command) => command.group === group),
    })).filter(({ members }) => members.length > 0);
  }, [registry]);

  return (
    <Modal
      closeButtonProps={{ "aria-label": t("app.close") }}
      onClose={onClose}
      opened={opened}
      size={720}
      title={t("app.help.title")}
    >
      <div className={styles.groups}>
        {groups.map(({ group, members }) => (
          <section className={styles.group} key={group}>
            <h3 className={styles.heading}>{t(`app.commandGroup.${group}`)}</h3>
            <dl>
              {members.map((command) => (
                <div className={styles.line} key={command.id}>
                  <dt>{commandText(t, command)}</dt>
                  <dd>
                    <Kbd shortcut={command.shortcut} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

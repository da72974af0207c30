import { notifications } from "@mantine/notifications";
import { useCallback, useEffect } from "react";
import type { Notice } from "../../src-shared/api/session.api.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { Button } from "../components/button.tsx";
import { errorText } from "../components/error-text.ts";
import { StatusShape, type StatusTone } from "../components/status-shape.tsx";
import styles from "./use-notice.module.css";
import { useTranslate } from "./use-translate.ts";

/** How long something that needs no answer stays; warnings and errors stay until they are closed. */
const INFO_MS = 5_000;

const TONES: Readonly<Record<Notice["severity"], StatusTone>> = { info: "good", warning: "warning", error: "bad" };

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

/**
 * Tells the person something about work nobody waits for, in a corner; what has a place of its own is told there. One that
 * can be acted on stays until somebody does, or closes it.
 */
export function useNotice(): (severity: Notice["severity"], message: string, action?: NoticeAction) => void {
  const t = useTranslate();
  return useCallback(
    (severity, message, action) => {
      const act = (): void => {
        notifications.hide(id);
        action?.run();
      };
      const id = notifications.show({
        message:
          action === undefined ? (
            message
          ) : (
            <span className={styles.acting}>
              <span className={styles.text}>{message}</span>
              <Button compact onClick={act}>
                {action.label}
              </Button>
            </span>
          ),
        icon: <StatusShape tone={TONES[severity]} />,
        autoClose: severity === "info" && action === undefined ? INFO_MS : false,
        closeButtonProps: { "aria-label": t("app.close") },
      });
    },
    [t],
  );
}

/** Tells of a command's failure that has no place of its own to be shown in: a switch in a bar. */
export function useFailureNotice(error: WireError | undefined): void {
  const t = useTranslate();
  const tell = useNotice();
  useEffect(() => {
    if (error !== undefined) tell("error", errorText(t, error));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each failure, not again when the language changes
  }, [error]);
}

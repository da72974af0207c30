import { Modal } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./plan-dialog.module.css";

interface PlanDialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The frame in which a change goes from its values to its proof. Of one height, so that nothing moves when the plan comes. */
export function PlanDialog({ opened, title, onClose, children }: PlanDialogProps): ReactElement {
  const t = useTranslate();
  return (
    <Modal
      classNames={{ body: styles.body ?? "", content: styles.content ?? "" }}
      closeButtonProps={{ "aria-label": t("app.close") }}
      // A press beside it must not throw away what was typed.
      closeOnClickOutside={false}
      onClose={onClose}
      opened={opened}
      size={960}
      title={title}
    >
      {children}
    </Modal>
  );
}

/** What can be done from here, always in sight. */
export function DialogFoot({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className={styles.foot}>{children}</div>;
}

export function DialogActions({ children }: { readonly children: ReactNode }): ReactElement {
  return <div className={styles.actions}>{children}</div>;
}

/** A part of a plan or a report under its own heading. */
export function PlanSection({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

import type { Icon } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { Button } from "./button.tsx";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./confirm-button.module.css";

interface ConfirmButtonProps {
  readonly icon?: Icon;
  readonly label: string;
  /** What will happen, as a question. */
  readonly question: string;
  readonly confirmLabel: string;
  readonly loading?: boolean;
  readonly disabledReason?: string | undefined;
  readonly onConfirm: () => void;
}

/** A small thing that cannot be undone asks once more, in its own place. */
export function ConfirmButton({
  icon,
  label,
  question,
  confirmLabel,
  loading = false,
  disabledReason,
  onConfirm,
}: ConfirmButtonProps): ReactElement {
  const t = useTranslate();
  const [asking, setAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) keep.current?.focus();
  }, [asking]);
  if (!asking) {
    return (
      <Button
        compact
        disabledReason={disabledReason}
        loading={loading}
        onClick={() => setAsking(true)}
        {...(icon === undefined ? {} : { icon })}
      >
        {label}
      </Button>
    );
  }
  return (
    <span className={styles.ask} role="alert">
      <span className={styles.question}>{question}</span>
      <Button
        compact
        onClick={() => {
          setAsking(false);
          onConfirm();
        }}
        tone="danger"
      >
        {confirmLabel}
      </Button>
      <Button compact onClick={() => setAsking(false)} ref={keep} tone="quiet">
        {t("app.keep")}
      </Button>
    </span>
  );
}

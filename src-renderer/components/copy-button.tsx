import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState, type ReactElement } from "react";
import { useTranslate } from "../hooks/use-translate.ts";
import { IconButton } from "./icon-button.tsx";

const TOLD_MS = 1_500;

interface CopyButtonProps {
  /** The text, or how to get it (a long selection is read from the core). */
  readonly text: string | (() => Promise<string>);
  readonly label?: string;
  readonly size?: 20 | 24 | 28;
}

/** Copies and says so; where the clipboard refuses, says that too. */
export function CopyButton({ text, label, size = 24 }: CopyButtonProps): ReactElement {
  const t = useTranslate();
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), TOLD_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const onClick = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : await text());
      setOutcome("copied");
    } catch {
      setOutcome("refused");
    }
  };
  const idle = label ?? t("app.copy");
  const told = outcome === "copied" ? t("app.copied") : t("app.copyRefused");
  return (
    <>
      <IconButton
        icon={outcome === "copied" ? IconCheck : IconCopy}
        label={outcome === null ? idle : told}
        onClick={() => void onClick()}
        size={size}
      />
      <span aria-live="polite" className="visually-hidden">
        {outcome === null ? "" : told}
      </span>
    </>
  );
}

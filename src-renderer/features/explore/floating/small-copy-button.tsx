import { IconCheck, IconCopy, IconX } from "@tabler/icons-react";
import { useEffect, useState, type ReactElement } from "react";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { SmallButton } from "./small-button.tsx";

const TOLD_MS = 1_500;

/** Copies a value and says whether the clipboard took it. */
export function SmallCopyButton({ label, text }: { readonly label: string; readonly text: string }): ReactElement {
  const t = useTranslate();
  const [outcome, setOutcome] = useState<"copied" | "refused" | null>(null);
  useEffect(() => {
    if (outcome === null) return undefined;
    const timer = setTimeout(() => setOutcome(null), TOLD_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const onClick = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setOutcome("copied"),
      () => setOutcome("refused"),
    );
  if (outcome === null) return <SmallButton icon={IconCopy} label={label} onClick={onClick} />;
  const told = outcome === "copied" ? t("app.copied") : t("app.copyRefused");
  return (
    <>
      <SmallButton icon={outcome === "copied" ? IconCheck : IconX} label={told} onClick={onClick} />
      <output className="visually-hidden">{told}</output>
    </>
  );
}

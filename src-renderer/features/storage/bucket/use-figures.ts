import { useMemo } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";

type Figure = number | null | undefined;

/** Writes figures that a store may not tell: unknown is said, zero is never put for it. */
export interface Figures {
  readonly number: (value: Figure) => string;
  readonly bytes: (value: Figure) => string;
  readonly duration: (ms: Figure) => string;
}

export function useFigures(): Figures {
  const t = useTranslate();
  const formats = useFormats();
  return useMemo(() => {
    const or = (write: (value: number) => string) => (value: Figure) =>
      value === null || value === undefined ? t("storage.unknown") : write(value);
    return {
      number: or((value) => formats.number(value)),
      bytes: or((value) => formats.bytes(value)),
      duration: or((ms) => formats.duration(ms)),
    };
  }, [t, formats]);
}

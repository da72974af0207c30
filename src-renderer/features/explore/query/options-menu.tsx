import type { Icon } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { MenuButton, type MenuEntry } from "../floating/menu-button.tsx";

interface OptionsMenuProps {
  readonly icon: Icon;
  readonly limit: number | null | undefined;
  readonly defaultLimit: number;
  readonly onLimit: (limit: number | null | undefined) => void;
}

const LIMITS: readonly number[] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/** In which order lines are read, and how many of them. */
export function OptionsMenu({ icon, limit, defaultLimit, onLimit }: OptionsMenuProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const direction = useWorkspace((state) => state.direction);
  const setDirection = useWorkspace((state) => state.setDirection);
  const chosen = limit === undefined ? defaultLimit : limit;
  const limits = LIMITS.includes(defaultLimit) ? LIMITS : [...LIMITS, defaultLimit].toSorted((a, b) => a - b);
  const entries: MenuEntry[] = [
    ...(["backward", "forward"] as const).map((value, index) => ({
      id: value,
      ...(index === 0 ? { heading: t("explore.options.direction") } : {}),
      checked: direction === value,
      label: t(`explore.options.${value}`),
      run: () => setDirection(value),
    })),
    ...limits.map((value, index) => ({
      id: String(value),
      ...(index === 0 ? { heading: t("explore.options.limit") } : {}),
      checked: chosen === value,
      label: formats.number(value),
      run: () => onLimit(value === defaultLimit ? undefined : value),
    })),
    { id: "all", checked: chosen === null, label: t("explore.options.noLimit"), run: () => onLimit(null) },
  ];
  const shown = chosen === null ? t("explore.options.noLimit") : formats.number(chosen);
  return <MenuButton entries={entries} icon={icon} label={t("explore.options.title", { limit: shown })} width={240} />;
}

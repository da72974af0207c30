import { createContext, useContext } from "react";
import { decide, type Standing } from "../../src-shared/permissions/decide.ts";
import type { Permission } from "../../src-shared/permissions/permissions.ts";
import { useTranslate } from "./use-translate.ts";

/** Who the person is to the core: from `session.hello`. */
export const StandingContext = createContext<Standing | null>(null);

export function useStanding(): Standing {
  const standing = useContext(StandingContext);
  if (standing === null) throw new Error("no session around this component");
  return standing;
}

/**
 * Why this person may not use a permission now, translated, for `disabledReason`; `undefined` when they may. The window
 * explains; the core enforces.
 */
export function useForbidden(permission: Permission): string | undefined {
  const t = useTranslate();
  const standing = useStanding();
  const decision = decide(standing, permission);
  if (decision.allowed) return undefined;
  return decision.reason === "read-only"
    ? t("app.forbidden.readOnly")
    : t("app.forbidden.role", { role: t(`roles.${standing.role}`), permission: t(`permissions.${permission}`) });
}

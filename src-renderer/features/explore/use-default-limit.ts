import { SETTING_LIMIT_FALLBACK } from "./session/limits.ts";
import { useAnswer } from "../../hooks/use-answer.ts";

/** Lines that a query reads at most when nobody said otherwise: the setting `logs.defaultLimit`. */
export function useDefaultLimit(): number {
  const { data } = useAnswer("settings", "list", undefined);
  const setting = data?.settings.find(({ key }) => key === "logs.defaultLimit");
  return typeof setting?.value === "number" && setting.value > 0 ? setting.value : SETTING_LIMIT_FALLBACK;
}

import { useMemo } from "react";
import type { RingName } from "../../../../src-shared/model/health/ring.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { PickerOption } from "../../../components/picker.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useAsked } from "../../../hooks/use-asked.ts";
import { compareMembers, stateTone } from "../rings/ring-facts.ts";

/** The members of a ring to pick from, those with trouble first. */
export function useMemberOptions(site: string, ring: RingName): readonly PickerOption[] {
  const { data } = useAsked("health", "rings", { site, rings: [ring] });
  return useMemo(
    () =>
      (data?.find((one) => one.ring === ring)?.members ?? []).toSorted(compareMembers).map(({ id, state }) => ({
        value: id,
        label: withVisibleCharacters(id),
        detail: withVisibleCharacters(state),
        mark: <StatusShape tone={stateTone(state)} />,
      })),
    [data, ring],
  );
}

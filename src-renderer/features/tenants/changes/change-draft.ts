import type { z } from "zod";
import type { LimitPlan, limitChangeSchema } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";

/** One value as a person puts it together: names are plain text, the core checks them. */
export interface EditDraft {
  readonly tenant: string;
  readonly key: string;
  /** As it is written in YAML; `null` takes the override out. */
  readonly value: string | null;
}

/** Values that are collected until they are planned together. */
export interface EditsDraft {
  readonly kind: "edits";
  readonly edits: readonly EditDraft[];
  readonly expiresAfterMinutes?: number;
  readonly preset?: string;
}

export type ChangeDraft =
  | EditsDraft
  /** The file itself; without a text it is read first. */
  | { readonly kind: "file"; readonly text?: string }
  | { readonly kind: "rollback"; readonly job: string };

/** What is planned. */
export type ChangeInput = z.input<typeof limitChangeSchema>;

export const NO_EDITS: EditsDraft = { kind: "edits", edits: [] };
export const EMPTY_EDIT: EditDraft = { tenant: "", key: "", value: "" };

/** `edit` in its place, where that value of that tenant is already being changed, or as one more. */
export function withEdit(draft: EditsDraft, edit: EditDraft): EditsDraft {
  const place = draft.edits.findIndex(({ tenant, key }) => tenant === edit.tenant && key === edit.key);
  // What is put together by hand is no longer what a preset made.
  const { preset: _, ...rest } = draft;
  return { ...rest, edits: place < 0 ? [...draft.edits, edit] : draft.edits.with(place, edit) };
}

/** What a preset makes, as it is where nothing was collected yet, else added to that. */
export function withPreset(draft: EditsDraft, filled: EditsDraft): EditsDraft {
  const begun = draft.edits.filter(({ tenant, key }) => tenant !== "" && key !== "");
  if (begun.length === 0) return filled;
  const together = filled.edits.reduce<EditsDraft>(withEdit, { ...draft, edits: begun });
  return filled.expiresAfterMinutes === undefined
    ? together
    : { ...together, expiresAfterMinutes: filled.expiresAfterMinutes };
}

/** The draft as the core takes it; values are left out of it that name nothing. */
export function editsInput({ edits, expiresAfterMinutes, preset }: EditsDraft): ChangeInput | null {
  const named = edits.filter(({ tenant, key }) => tenant !== "" && key !== "");
  if (named.length === 0) return null;
  return {
    kind: "edits",
    edits: named.map(({ tenant, key, value }) => ({ tenant, key, value })),
    ...(expiresAfterMinutes === undefined ? {} : { expiresAfterMinutes }),
    ...(preset === undefined ? {} : { preset }),
  };
}

type Subject = Pick<LimitPlan, "change" | "edits" | "place">;

/** What must be typed before it is applied: the one tenant, or the ConfigMap where it is about more. */
export function nameToType({ edits, place }: Subject): string {
  const tenants = new Set(edits.map(({ tenant }) => tenant));
  const [only] = tenants;
  return only !== undefined && tenants.size === 1 ? only : place.name;
}

/** What a change is about, in one line. */
export function changeTitle(
  { change, edits }: Pick<Subject, "change" | "edits">,
  t: Translate,
  formats: Formats,
): string {
  const [first] = edits;
  const what =
    first === undefined
      ? t("limits.change.nothing")
      : edits.length === 1
        ? `${withVisibleCharacters(first.tenant)} ${first.key}: ${shownValue(first.before, t)} → ${shownValue(first.after, t)}`
        : t("limits.change.values", {
            count: edits.length,
            values: formats.number(edits.length),
            tenants: formats.list([...new Set(edits.map(({ tenant }) => withVisibleCharacters(tenant)))].slice(0, 3)),
          });
  return change.kind === "edits" ? what : `${t(`limits.change.kind.${change.kind}`)} · ${what}`;
}

const MAX_SHOWN = 60;

/** A value in a line; `null` is none of its own. */
export function shownValue(value: string | null, t: Translate): string {
  if (value === null) return t("limits.change.none");
  if (value === "") return '""';
  const shown = withVisibleCharacters(value);
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
}

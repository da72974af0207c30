import type { TrayContents } from "./capsule-tray.ts";

export type CapsuleField = "title" | "notes" | "file";
export type CapsuleProblem = "required" | "tooLong";

const MAX_TITLE = 200;
const MAX_NOTES = 200_000;
const MAX_NAME = 80;

/** What keeps the tray from being a capsule. */
export function capsuleProblems({
  title,
  notes,
  file,
}: Pick<TrayContents, "title" | "notes"> & { readonly file: string }): Readonly<
  Partial<Record<CapsuleField, CapsuleProblem>>
> {
  return {
    ...(title.trim() === "" ? { title: "required" as const } : {}),
    ...(title.trim().length > MAX_TITLE ? { title: "tooLong" as const } : {}),
    ...(notes.length > MAX_NOTES ? { notes: "tooLong" as const } : {}),
    ...(file.trim() === "" ? { file: "required" as const } : {}),
  };
}

/** A file's name made of the title and the day: letters of any script and digits, the rest as hyphens. */
export function suggestedFile(title: string, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10);
  const words = title
    .normalize("NFC")
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, MAX_NAME);
  return words === "" ? `capsule-${day}` : `${words}-${day}`;
}

import type { Notice } from "../../src-shared/api/session.api.ts";
import type { Formats } from "../hooks/formats.ts";
import type { Translate } from "../hooks/use-translate.ts";

/** Notices whose `path` or `place` is something new that opens as an archive. */
const MADE: ReadonlySet<string> = new Set([
  "archives.imported",
  "archives.import-with-problems",
  "capsules.created",
  "exports.finished",
  "exports.incomplete",
]);

/** What a notice says there is to open on this machine, by its whole path; `null` for every other notice. */
export function noticedPath({ key, params }: Notice): string | null {
  const place = params["path"] ?? params["place"];
  return MADE.has(key) && typeof place === "string" && /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(place) ? place : null;
}

/** A notice in words. Numbers in it are counts, so they are written as counts; `count` itself chooses the plural. */
export function noticeText(t: Translate, formats: Formats, { key, params }: Notice): string {
  const written = Object.entries(params).map(
    ([name, value]) => [name, typeof value === "number" && name !== "count" ? formats.number(value) : value] as const,
  );
  return t.dynamic(`notices.${key}`, Object.fromEntries(written));
}

/**
 * Sites and archives stand in one list. A blank is in no id of either, so a value says which of them it is.
 */
const ARCHIVE_MARK = "archive ";

export function archiveOption(id: string): string {
  return `${ARCHIVE_MARK}${id}`;
}

/** The archive's id; `null` for a site's. */
export function archiveOfOption(value: string): string | null {
  return value.startsWith(ARCHIVE_MARK) ? value.slice(ARCHIVE_MARK.length) : null;
}

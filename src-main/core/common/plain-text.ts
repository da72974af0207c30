/** Longest piece of a server's sentence that may become a parameter of an error. */
export const MAX_PLAIN_TEXT_CHARACTERS = 500;

/**
 * What a server said, if it said it as plain text: one trimmed piece of at most 500 characters, control characters but
 * line breaks left out. `null` for anything else, HTML above all: a page is not a sentence.
 */
export function plainText(contentType: string, bytes: Uint8Array): string | null {
  if (!/^text\/plain\b/i.test(contentType)) return null;
  const text = new TextDecoder().decode(bytes.subarray(0, 4 * MAX_PLAIN_TEXT_CHARACTERS));
  // eslint-disable-next-line no-control-regex
  const clean = text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ").trim();
  return clean.length <= MAX_PLAIN_TEXT_CHARACTERS ? clean : `${clean.slice(0, MAX_PLAIN_TEXT_CHARACTERS - 1)}…`;
}

const MAX_NAME_BYTES = 200;
// What a file system of any of the three platforms refuses or reads as more than a name.
// oxlint-disable-next-line no-control-regex -- finding them is the purpose
const UNSAFE = /[\u0000-\u001f\u007f"*/:<>?\\|\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name from a page as the name of a file: no folder, no control character, nothing hidden, at most 200 bytes; the ending
 * is kept, since it may say how to unpack it.
 */
export function safeFileName(name: string): string {
  const plain = (name.split(/[\\/]/).at(-1) ?? "").replace(UNSAFE, "_").replace(/^[.\s]+|[.\s]+$/g, "");
  const safe = plain === "" || RESERVED.test(plain) ? `file_${plain}` : plain;
  return cutToBytes(safe);
}

function cutToBytes(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const ending = /(\.[A-Za-z0-9]{1,16}){1,2}$/.exec(name)?.[0] ?? "";
  const stem = name.slice(0, name.length - ending.length);
  let kept = "";
  for (const character of stem) {
    if (Buffer.byteLength(kept) + Buffer.byteLength(character) + ending.length > MAX_NAME_BYTES) break;
    kept += character;
  }
  return kept + ending;
}

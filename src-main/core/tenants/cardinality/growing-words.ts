/** Words with room for `length` of them; a half more than before, so that a million appends copy few bytes. */
export function withRoom(words: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  if (length <= words.length) return words;
  const grown = new Uint32Array(Math.max(length, Math.ceil(words.length * 1.5)));
  grown.set(words);
  return grown;
}

export function withByteRoom(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  if (length <= bytes.length) return bytes;
  const grown = new Uint8Array(Math.max(length, Math.ceil(bytes.length * 1.5)));
  grown.set(bytes);
  return grown;
}

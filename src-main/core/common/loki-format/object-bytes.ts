/** The bytes of an object, wherever they are: a chunk's head is read without the blocks between its two ends. */
export interface ObjectBytes {
  readonly sizeBytes: number;
  /** Bytes `[start, end)`, fewer where the object ends before. May be a view. */
  read(start: number, end: number): Uint8Array;
}

export function bytesInMemory(bytes: Uint8Array): ObjectBytes {
  return { sizeBytes: bytes.length, read: (start, end) => bytes.subarray(Math.max(0, start), Math.max(0, end)) };
}

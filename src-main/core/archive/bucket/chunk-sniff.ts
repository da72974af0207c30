import { open } from "node:fs/promises";

/** The stream identifier of snappy's framing, behind the length of the metadata. */
const MARK = Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]);

/** Whether a file begins as chunk objects do, whatever its name is. `false` for what cannot be read. */
export async function beginsAsChunk(file: string): Promise<boolean> {
  try {
    await using handle = await open(file, "r");
    const begin = Buffer.alloc(4 + MARK.length);
    const { bytesRead } = await handle.read(begin, 0, begin.length, 0);
    return bytesRead === begin.length && begin.subarray(4).equals(MARK);
  } catch {
    // Whoever reads it in earnest says why it cannot be read.
    return false;
  }
}

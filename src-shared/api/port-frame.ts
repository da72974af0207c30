import { z } from "zod";

/**
 * What travels over a MessagePort between the desktop's page and the main process. A port has neither an opening nor a
 * close code, nor does it tell how much the other side has yet to read, so the frames do. Plain values only: Electron loses
 * messages whose transfer list holds buffers.
 */
export const portFrameSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("open") }),
  z.object({ kind: z.literal("data"), text: z.string() }),
  /** The reader has dealt with so many characters since it last said so. */
  z.object({ kind: z.literal("taken"), characters: z.number().int().nonnegative() }),
  z.object({ kind: z.literal("close"), code: z.number().int(), reason: z.string() }),
]);
export type PortFrame = z.infer<typeof portFrameSchema>;

import type { Encoder } from "@trpc/client";

/**
 * tRPC puts the calls of one moment into one array and sends that as one message, so that together they may exceed what a
 * message may hold. Here each is a line (JSON has no raw line breaks), and the sockets send each line as a message.
 */
export const lineEncoder: Encoder = {
  encode: (data: unknown) => {
    const messages: readonly unknown[] = Array.isArray(data) ? data : [data];
    return messages.map((message) => JSON.stringify(message)).join("\n");
  },
  decode: (data: unknown) => {
    if (typeof data !== "string") throw new Error("the door sends text only");
    return JSON.parse(data);
  },
};

export function linesOf(data: unknown): readonly string[] {
  if (typeof data !== "string") throw new TypeError("the door takes text only");
  return data.split("\n");
}

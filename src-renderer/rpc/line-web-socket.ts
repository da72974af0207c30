import { linesOf } from "./line-encoder.ts";

/** A WebSocket class that sends each line of a text as a message of its own; see `lineEncoder`. */
export function lineWebSocketClass(Base: typeof WebSocket): typeof WebSocket {
  return class LineWebSocket extends Base {
    override send(data: Parameters<WebSocket["send"]>[0]): void {
      for (const line of linesOf(data)) super.send(line);
    }
  };
}

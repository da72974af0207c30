import { MessageChannel, type MessagePort as NodePort } from "node:worker_threads";
import { MessagePortServerSocket, type MainPort } from "../../src-main/rpc/message-port-server-socket.ts";
import { messagePortWebSocketClass, type PagePort } from "../../src-renderer/rpc/message-port-web-socket.ts";
import type { DoorSetup } from "./door-setup.ts";
import type { ServerSocket } from "../../src-main/rpc/server-socket.ts";

/** A port of `node:worker_threads` in the shape of Electron's `MessagePortMain`. */
export function mainPort(port: NodePort): MainPort {
  return {
    postMessage: (message) => port.postMessage(message),
    on: (event: "message" | "close", listener: (event: { readonly data: unknown }) => void) => {
      if (event === "message") port.on("message", (data: unknown) => listener({ data }));
      else port.on("close", () => listener({ data: undefined }));
    },
    start: () => port.start(),
    close: () => port.close(),
  };
}

/** MessagePorts as the desktop shell hands them out, one a connection. */
export async function portDoor(door: { serve(socket: ServerSocket): void }): Promise<DoorSetup> {
  const pairs = new Set<readonly [NodePort, NodePort]>();
  let waiting: (() => void)[] | null = null;
  let down = false;
  let refused = 0;

  const pagePort = (port: NodePort): PagePort => {
    const listen = (type: string, listener: (event: Event) => void) => {
      if (type === "close") port.on("close", () => listener(new Event("close")));
      else {
        port.on("message", (data: unknown) => {
          const deliver = () => listener(new MessageEvent("message", { data }));
          if (waiting === null) deliver();
          else waiting.push(deliver);
        });
      }
    };
    return {
      postMessage: (message: unknown) => port.postMessage(message),
      start: () => port.start(),
      close: () => port.close(),
      // The page's socket listens for these two events only, with functions.
      addEventListener: listen as PagePort["addEventListener"],
    };
  };
  const acquire = async (): Promise<PagePort> => {
    if (down) {
      refused += 1;
      throw new Error("the main process grants no port");
    }
    const { port1, port2 } = new MessageChannel();
    const pair = [port1, port2] as const;
    pairs.add(pair);
    port1.once("close", () => pairs.delete(pair));
    door.serve(new MessagePortServerSocket(mainPort(port1)));
    return pagePort(port2);
  };
  const webSocket = messagePortWebSocketClass(acquire);

  return {
    url: "ws://port/rpc",
    webSocket,
    rawWebSocket: webSocket,
    cut: () => {
      for (const [port1] of pairs) port1.close();
    },
    holdReader: (hold) => {
      if (hold) {
        waiting ??= [];
        return;
      }
      const delivered = waiting ?? [];
      waiting = null;
      for (const deliver of delivered) deliver();
    },
    setDown: (value) => (down = value),
    get refused() {
      return refused;
    },
    get openSockets() {
      return pairs.size;
    },
    async [Symbol.asyncDispose]() {
      for (const [port1, port2] of pairs) {
        port1.close();
        port2.close();
      }
    },
  };
}

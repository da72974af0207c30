import { createConsoleClient, type ConsoleClient } from "../../src-renderer/rpc/console-client.ts";
import type { Console } from "../../src-main/core/console.ts";
import type { Caller } from "../../src-main/rpc/call-context.ts";
import { consoleDoor } from "../../src-main/rpc/console-handlers.ts";
import { localCaller } from "../../src-main/rpc/local-caller.ts";
import { serveSocket } from "../../src-main/rpc/serve-socket.ts";
import { portDoor } from "./port-door.ts";

export interface ConsolePage extends AsyncDisposable {
  readonly client: ConsoleClient;
}

/** A page at the door of an open console, as the desktop connects one: the page's own client over a port. */
export async function pageAt(opened: Console, caller: Partial<Caller> = {}): Promise<ConsolePage> {
  const router = consoleDoor(opened);
  const door = await portDoor({
    serve: (socket) => {
      serveSocket({
        router,
        socket,
        caller: { ...localCaller("ada", "admin", "desktop"), ...caller },
        logger: opened.base.logger,
      });
    },
  });
  const client = createConsoleClient({ url: door.url, webSocket: door.webSocket });
  return {
    client,
    [Symbol.asyncDispose]: async () => {
      await client.close();
      await door[Symbol.asyncDispose]();
    },
  };
}

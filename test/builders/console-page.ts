import { createConsoleClient, type ConsoleClient } from "../../src-renderer/rpc/console-client.ts";
import type { Role } from "../../src-shared/permissions/roles.ts";
import type { Console } from "../../src-main/core/console.ts";
import { consoleDoor } from "../../src-main/rpc/console-handlers.ts";
import { serveSocket } from "../../src-main/rpc/serve-socket.ts";
import { portDoor } from "./port-door.ts";

export interface ConsolePage extends AsyncDisposable {
  readonly client: ConsoleClient;
}

/** A page at the door of an open console, as the desktop connects one: the page's own client over a port. */
export async function pageAt(
  opened: Console,
  caller: { readonly principal?: string; readonly role?: Role } = {},
): Promise<ConsolePage> {
  const router = consoleDoor(opened);
  const door = await portDoor({
    serve: (socket) => {
      serveSocket({
        router,
        socket,
        caller: { principal: "ada", role: "admin", shell: "desktop", ...caller },
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

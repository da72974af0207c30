import { isPortNonce, PORT_CHANNEL } from "../../src-shared/api/port-handover.ts";
import type { Caller } from "../rpc/call-context.ts";
import { MessagePortServerSocket } from "../rpc/message-port-server-socket.ts";
import type { DoorRouter } from "../rpc/router.ts";
import { serveSocket } from "../rpc/serve-socket.ts";
import type { Logger } from "../core/common/logger.ts";
import type { ElectronSurface } from "./electron-surface.ts";
import { isPageFrame } from "./page-frame.ts";

export interface PortBrokerOptions {
  readonly router: DoorRouter;
  readonly caller: Caller;
  readonly logger: Logger;
}

/**
 * Answers the one IPC message there is: the page's main frame asks for a port, and gets one that leads to the door. Whoever
 * else asks (a frame in the page, a page of another origin) gets nothing.
 */
export function brokerPorts(
  { ipcMain, MessageChannelMain }: Pick<ElectronSurface, "ipcMain" | "MessageChannelMain">,
  { router, caller, logger }: PortBrokerOptions,
): void {
  ipcMain.on(PORT_CHANNEL, ({ senderFrame }, nonce) => {
    if (!isPageFrame(senderFrame) || !isPortNonce(nonce)) {
      logger.warn("a port was refused", { url: senderFrame?.url.slice(0, 200) ?? "gone" });
      return;
    }
    const { port1, port2 } = new MessageChannelMain();
    serveSocket({ router, socket: new MessagePortServerSocket(port1), caller, logger });
    // The other port goes along: it is Electron's own and the frame is too.
    senderFrame.postMessage(PORT_CHANNEL, nonce, [port2 as never]);
  });
}

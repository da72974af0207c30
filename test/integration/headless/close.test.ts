import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { headlessConsole } from "../../builders/headless-console.ts";

test("closing the server does not wait for a peer that never hangs up", async () => {
  await using setup = await headlessConsole();
  const { port, hostname } = new URL(setup.server.origin);
  // Half open: this peer keeps its side whatever the server says.
  const peer = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  peer.on("error", () => peer.destroy());
  await once(peer, "connect");
  peer.write(`GET /nowhere HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const [answer] = await once(peer, "data");
  expect(String(answer)).toContain("404");
  await setup.server.close();
  peer.destroy();
});

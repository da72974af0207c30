import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { ask, headlessConsole } from "../../builders/headless-console.ts";

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

test("a peer that hangs up on a refused upgrade ends nothing but itself", async () => {
  await using setup = await headlessConsole();
  const { port, hostname, host } = new URL(setup.server.origin);
  for (let peer = 0; peer < 20; peer += 1) {
    // Half open: the refusal does not end this side.
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    await once(socket, "connect");
    socket.write(`GET /rpc HTTP/1.1\r\nhost: ${host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`);
    await once(socket, "data");
    socket.resetAndDestroy();
  }
  const { status } = await ask(setup.server.origin, "/session");
  expect(status).toBe(401);
});

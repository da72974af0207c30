import type { Socket } from "node:net";

/** What a proxy refused or did not understand. The message is of our own making. */
export class ProxyError extends Error {}

const REPLIES: readonly string[] = [
  "succeeded",
  "general failure",
  "not allowed by its rules",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "time to live expired",
  "command not supported",
  "address type not supported",
];

/**
 * Asks a SOCKS 5 proxy at the other end of `socket` for a connection (RFC 1928; user name and password after RFC 1929).
 * The proxy looks the name up. Afterwards the socket is the connection, and nothing of it was read too far.
 */
export async function socks5Connect(
  socket: Socket,
  target: { readonly host: string; readonly port: number },
  login: { readonly username: string; readonly password: string } | null,
): Promise<void> {
  const read = exactReader(socket);
  socket.write(login === null ? Buffer.of(5, 1, 0) : Buffer.of(5, 2, 0, 2));
  const [version, method] = await read(2);
  if (version !== 5) throw new ProxyError("the proxy does not speak SOCKS 5");
  if (method === 2 && login !== null) {
    socket.write(Buffer.concat([Buffer.of(1), field(login.username), field(login.password)]));
    const [, status] = await read(2);
    if (status !== 0) throw new ProxyError("the proxy refused the user name or password");
  } else if (method !== 0) {
    throw new ProxyError("the proxy wants a login that was not given");
  }
  const port = Buffer.alloc(2);
  port.writeUInt16BE(target.port);
  socket.write(Buffer.concat([Buffer.of(5, 1, 0, 3), field(target.host), port]));
  const [, reply = 1, , addressType] = await read(4);
  if (reply !== 0) throw new ProxyError(`the proxy could not connect: ${REPLIES[reply] ?? `reply ${reply}`}`);
  const addressBytes = addressType === 1 ? 4 : addressType === 4 ? 16 : ((await read(1))[0] ?? 0);
  await read(addressBytes + 2);
}

function field(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > 255) throw new ProxyError("a name is longer than 255 bytes");
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

/** Reads exactly n bytes at a time and leaves the rest in the socket. */
function exactReader(socket: Socket): (length: number) => Promise<Buffer> {
  return (length) =>
    new Promise((settle, fail) => {
      const finish = (act: () => void) => {
        socket.off("readable", attempt);
        socket.off("end", onEnd);
        socket.off("error", onError);
        act();
      };
      const attempt = () => {
        const bytes: unknown = socket.read(length);
        if (Buffer.isBuffer(bytes) && bytes.length === length) finish(() => settle(bytes));
      };
      const onEnd = () => finish(() => fail(new ProxyError("the proxy closed the connection")));
      const onError = (error: Error) => finish(() => fail(error));
      socket.on("readable", attempt);
      socket.once("end", onEnd);
      socket.once("error", onError);
      attempt();
    });
}

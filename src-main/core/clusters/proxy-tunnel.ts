import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect, type Socket } from "node:net";
import { ProxyError, socks5Connect } from "./socks5.ts";

export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** The schemes of proxies that can be used; `socks5h` is `socks5`, since the proxy always looks the name up. */
export const PROXY_SCHEMES = ["http:", "https:", "socks5:", "socks5h:"] as const;

export function isUsableProxy(proxyUrl: string): boolean {
  const url = URL.parse(proxyUrl);
  return url !== null && (PROXY_SCHEMES as readonly string[]).includes(url.protocol) && url.hostname !== "";
}

/** A connection to the target through a proxy: HTTP `CONNECT` or SOCKS 5. Rejects with a system error or `ProxyError`. */
export function openTunnel(proxyUrl: string, target: TunnelTarget, signal: AbortSignal): Promise<Socket> {
  const proxy = new URL(proxyUrl);
  return proxy.protocol.startsWith("socks5")
    ? socksTunnel(proxy, target, signal)
    : connectTunnel(proxy, target, signal);
}

async function socksTunnel(proxy: URL, target: TunnelTarget, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host: bare(proxy.hostname), port: proxy.port === "" ? 1080 : Number(proxy.port) });
  const onAbort = () => socket.destroy(new ProxyError("no answer in time"));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await new Promise<void>((settle, fail) => {
      socket.once("connect", settle);
      socket.once("error", fail);
    });
    await socks5Connect(socket, target, loginOf(proxy));
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function connectTunnel(proxy: URL, target: TunnelTarget, signal: AbortSignal): Promise<Socket> {
  const login = loginOf(proxy);
  const authority = `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
  const basic = login === null ? null : Buffer.from(`${login.username}:${login.password}`).toString("base64");
  const send = proxy.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((settle, fail) => {
    const request = send({
      host: bare(proxy.hostname),
      port: proxy.port === "" ? (proxy.protocol === "https:" ? 443 : 80) : Number(proxy.port),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...(basic === null ? {} : { "proxy-authorization": `Basic ${basic}` }) },
      agent: false,
      signal,
    });
    request.once("connect", (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        fail(new ProxyError(`the proxy answers ${response.statusCode ?? 0} to CONNECT`));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      settle(socket);
    });
    request.once("response", (response) => {
      response.destroy();
      fail(new ProxyError(`the proxy answers ${response.statusCode ?? 0} to CONNECT`));
    });
    request.once("error", fail);
    request.end();
  });
}

function loginOf(proxy: URL): { readonly username: string; readonly password: string } | null {
  if (proxy.username === "") return null;
  return { username: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) };
}

function bare(hostname: string): string {
  return hostname.replaceAll(/[[\]]/g, "");
}

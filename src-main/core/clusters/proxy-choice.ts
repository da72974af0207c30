/**
 * Which proxy leads to a server, as client-go decides: the kubeconfig's `proxy-url` wins, else `HTTPS_PROXY` or
 * `HTTP_PROXY` by the server's scheme unless `NO_PROXY` names the host; loopback is never proxied by environment.
 * `NO_PROXY` knows names, `.suffixes`, `*`, `host:port` and IPv4 networks, as Go's `httpproxy` does.
 */
export function chooseProxy(
  server: URL,
  proxyUrl: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  if (proxyUrl !== null) return proxyUrl;
  const read = (name: string) => environment[name] ?? environment[name.toLowerCase()] ?? "";
  const chosen = read(server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (chosen === "" || isExempt(server, read("NO_PROXY"))) return null;
  return chosen.includes("://") ? chosen : `http://${chosen}`;
}

function isExempt(server: URL, noProxy: string): boolean {
  const host = server.hostname.toLowerCase().replaceAll(/[[\]]/g, "");
  if (host === "localhost" || host === "::1" || host.startsWith("127.")) return true;
  const port = server.port === "" ? (server.protocol === "https:" ? "443" : "80") : server.port;
  return noProxy
    .split(",")
    .map((rule) => rule.trim().toLowerCase())
    .filter((rule) => rule !== "")
    .some((rule) => matches(rule, host, port));
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === "*") return true;
  if (rule.includes("/")) return inNetwork(host, rule);
  const withPort = /^(.*):(\d+)$/.exec(rule);
  const name = (withPort?.[1] ?? rule).replace(/^\*(?=\.)/, "");
  if (withPort !== null && withPort[2] !== port) return false;
  if (name.startsWith(".")) return host.endsWith(name);
  return host === name || host.endsWith(`.${name}`);
}

function inNetwork(host: string, network: string): boolean {
  const [base = "", bitsText = ""] = network.split("/");
  const address = ipv4(host);
  const start = ipv4(base);
  const bits = Number(bitsText);
  if (address === null || start === null || !Number.isInteger(bits) || bits < 0 || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === Math.floor(start / size);
}

function ipv4(text: string): number | null {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

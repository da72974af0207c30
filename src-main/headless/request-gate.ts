import type { IncomingHttpHeaders } from "node:http";
import type { PublicAddress } from "./public-address.ts";

/** Why a request is refused before anything looks at it. */
export type GateProblem = "host" | "origin" | "site";

/**
 * What a request is. `callback` is the way back from a provider: a page of another site leads there by design, and what it
 * brings is checked against the browser that set out. `token-upgrade` brings a bearer token, which no page can add, so a
 * program may come without an `Origin`; one that is there is still checked, for a proxy may add the token.
 */
export type GateKind = "request" | "upgrade" | "callback" | "token-upgrade";

/**
 * What every request and upgrade must pass. `Host`: a name that an attacker points at this machine is not ours. `Origin`: a
 * page of another site is not ours, and a WebSocket, which no same-origin rule protects, must have one. `Sec-Fetch-Site`:
 * the browser's own word that a page of another site is behind it, also where no `Origin` is sent. A callback may come from
 * another site as a navigation and as nothing else: no frame, picture or script of a page can set it off.
 */
export function gateProblem(headers: IncomingHttpHeaders, kind: GateKind, address: PublicAddress): GateProblem | null {
  const { host, origin } = headers;
  if (host === undefined || !address.acceptsHost(host)) return "host";
  if (kind === "callback") return isNavigation(headers) ? null : "site";
  if (origin === undefined ? kind === "upgrade" : !address.acceptsOrigin(origin, host)) return "origin";
  const site = headers["sec-fetch-site"];
  // `none` is a person: an address that was typed, a link that another program opened.
  const own = site === undefined || site === "same-origin" || (site === "none" && kind === "request");
  return own ? null : "site";
}

function isNavigation(headers: IncomingHttpHeaders): boolean {
  const mode = headers["sec-fetch-mode"];
  const destination = headers["sec-fetch-dest"];
  return (mode === undefined || mode === "navigate") && (destination === undefined || destination === "document");
}

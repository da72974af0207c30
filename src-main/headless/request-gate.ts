import type { IncomingHttpHeaders } from "node:http";
import type { PublicAddress } from "./public-address.ts";

/** Why a request is refused before anything looks at it. */
export type GateProblem = "host" | "origin" | "site";

/**
 * What every request and upgrade must pass. `Host`: a name that an attacker points at this machine is not ours. `Origin`: a
 * page of another site is not ours, and a WebSocket, which no same-origin rule protects, must have one. `Sec-Fetch-Site`:
 * the browser's own word that a page of another site is behind it, also where no `Origin` is sent.
 */
export function gateProblem(
  headers: IncomingHttpHeaders,
  kind: "request" | "upgrade",
  address: PublicAddress,
): GateProblem | null {
  const { host, origin } = headers;
  if (host === undefined || !address.acceptsHost(host)) return "host";
  if (origin === undefined ? kind === "upgrade" : !address.acceptsOrigin(origin, host)) return "origin";
  const site = headers["sec-fetch-site"];
  // `none` is a person: an address that was typed, a link that another program opened.
  const own = site === undefined || site === "same-origin" || (site === "none" && kind === "request");
  return own ? null : "site";
}

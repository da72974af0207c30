import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";

/** By which addresses browsers may reach this server. */
export interface PublicAddress {
  /** Where start links point to: `https://console.example:8443`. */
  readonly origin: string;
  readonly secure: boolean;
  /** Whether a `Host` header names this server: against DNS rebinding. */
  acceptsHost(host: string): boolean;
  /** Whether a page with this `Origin` that reached us under `host` is our own. */
  acceptsOrigin(origin: string, host: string): boolean;
}

export interface PublicAddressOptions {
  readonly host: string;
  readonly port: number;
  /** PEM. */
  readonly certificate?: string | Buffer;
  /** Where the trusted proxy is reached by browsers. */
  readonly publicUrl?: URL;
}

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

export function publicAddress({ host, port, certificate, publicUrl }: PublicAddressOptions): PublicAddress {
  const scheme = certificate === undefined ? "http" : "https";
  const bound = host.includes(":") ? `[${host}]` : host;
  const certified = certificate === undefined ? null : new X509Certificate(certificate);
  const withPort = (name: string) => `${name}${port === (scheme === "https" ? 443 : 80) ? "" : `:${port}`}`;
  const known = new Set([bound, ...LOOPBACK_NAMES].map((name) => withPort(name).toLowerCase()));

  const acceptsHost = (text: string): boolean => {
    const wanted = text.toLowerCase();
    if (known.has(wanted) || wanted === publicUrl?.host) return true;
    if (certified === null) return false;
    const name = hostName(wanted);
    // Whoever connected has checked the certificate for the name in `Host`, so the certificate is the list of our names.
    return name !== null && wanted === withPort(name) && certifies(certified, name);
  };

  return {
    origin: publicUrl?.origin ?? `${scheme}://${withPort(shownName(bound, certified))}`,
    secure: scheme === "https" || publicUrl?.protocol === "https:",
    acceptsHost,
    acceptsOrigin: (origin, text) => {
      // A proxy may keep `Host` or put the inner address there; the browser's `Origin` is the outer one in both cases.
      if (publicUrl !== undefined && origin === publicUrl.origin) return true;
      const direct = text.toLowerCase() !== publicUrl?.host && acceptsHost(text);
      return direct && origin.toLowerCase() === `${scheme}://${text.toLowerCase()}`;
    },
  };
}

function hostName(host: string): string | null {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(host)?.[1] ?? null;
}

function certifies(certificate: X509Certificate, name: string): boolean {
  const address = name.replace(/^\[|\]$/g, "");
  return (isIP(address) === 0 ? certificate.checkHost(name) : certificate.checkIP(address)) !== undefined;
}

/** A name that a browser can open: not "every interface", which a certificate cannot be for. */
function shownName(bound: string, certificate: X509Certificate | null): string {
  if (bound !== "0.0.0.0" && bound !== "[::]") return bound;
  const named = /DNS:([a-z0-9.-]+)/i.exec(certificate?.subjectAltName ?? "")?.[1];
  return named ?? "localhost";
}

/** The cookie that carries a session's id. */
export interface SessionCookie {
  readonly name: string;
  readonly secure: boolean;
}

/**
 * Cookies know no ports: two consoles on one host would take each other's, so the port is in the name. Over TLS the
 * `__Host-` prefix keeps other hosts of the domain from setting it.
 */
export function sessionCookie(port: number, secure: boolean): SessionCookie {
  return { name: `${secure ? "__Host-" : ""}kubemate-session-${port}`, secure };
}

/**
 * The cookie that ties a sign-in at a provider to the browser that began it. It comes back with a navigation from the
 * provider's site, which `Strict` would keep from it; it opens nothing by itself, and lasts as long as a sign-in may take.
 */
export function signInCookie(port: number, secure: boolean): SessionCookie {
  return { name: `${secure ? "__Host-" : ""}kubemate-sign-in-${port}`, secure };
}

export function setSignInCookie({ name, secure }: SessionCookie, id: string, lifetimeMs: number): string {
  const seconds = Math.floor(lifetimeMs / 1_000);
  return `${name}=${id}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/** `Set-Cookie` that takes a cookie back. */
export function clearCookie({ name, secure }: SessionCookie): string {
  return `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

/** `Set-Cookie` for a new session. */
export function setCookie({ name, secure }: SessionCookie, id: string, lifetimeMs: number): string {
  const seconds = Math.floor(lifetimeMs / 1_000);
  return `${name}=${id}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}`;
}

/** The id in a `Cookie` header; `null` when there is none or more than one. */
export function readCookie({ name }: SessionCookie, header: string | undefined): string | null {
  const values = (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
}

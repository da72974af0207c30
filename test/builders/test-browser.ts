import { ask } from "./headless-console.ts";

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly sameSite: string;
}

export interface Visited {
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

/** A page leads on at most this often before a test is told that it goes in circles. */
const MAX_STEPS = 10;

/**
 * What a browser does of its own accord: it keeps cookies by origin and `SameSite`, follows redirects and `meta refresh`, and
 * says where a request comes from. Sites are told apart by origin, which is stricter than a browser is with ports.
 */
export class TestBrowser {
  readonly #cookies = new Map<string, Map<string, Cookie>>();
  /** Every address that was asked for, in order. */
  readonly visited: string[] = [];

  /** The cookies of an origin as a page of that origin would send them. */
  cookieHeader(origin: string): string {
    return this.#header(origin, false);
  }

  setCookie(origin: string, name: string, value: string): void {
    this.#take(origin, [`${name}=${value}; SameSite=Lax`]);
  }

  /** Opens an address: typed, or led to by a page of `from`. Goes on until nothing leads further. */
  async go(address: string, from: string | null = null): Promise<Visited> {
    let url = new URL(address);
    /** Of a chain of redirects every step counts: one that came by another site stays cross-site. */
    let chain = from === null ? [] : [new URL(from).origin];
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const { origin } = url;
      this.visited.push(url.href);
      const crossSite = chain.some((one) => one !== origin);
      const site = chain.length === 0 ? "none" : crossSite ? "cross-site" : "same-origin";
      const cookie = this.#header(origin, crossSite);
      const answer = await ask(origin, `${url.pathname}${url.search}`, {
        accept: "text/html",
        "sec-fetch-site": site,
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        ...(cookie === "" ? {} : { cookie }),
      });
      this.#take(origin, answer.headers["set-cookie"] ?? []);
      const body = answer.body.toString("utf8");
      const { location } = answer.headers;
      const refresh = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(body)?.[1];
      if (location !== undefined) {
        if (chain.length > 0 || step > 0) chain = [...chain, origin];
        url = new URL(location, url);
      } else if (refresh !== undefined) {
        chain = [origin];
        url = new URL(refresh, url);
      } else return { url: url.href, status: answer.status, body };
      if (chain.length === 0) chain = [origin];
    }
    throw new Error("the browser is led in circles");
  }

  #header(origin: string, crossSite: boolean): string {
    return [...(this.#cookies.get(origin)?.values() ?? [])]
      .filter(({ sameSite }) => !crossSite || sameSite === "Lax")
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  #take(origin: string, lines: readonly string[]): void {
    const jar = this.#cookies.get(origin) ?? new Map<string, Cookie>();
    this.#cookies.set(origin, jar);
    for (const line of lines) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const name = pair.slice(0, pair.indexOf("="));
      const sameSite = attributes.find((one) => one.startsWith("SameSite="))?.slice(9) ?? "Lax";
      if (attributes.includes("Max-Age=0")) jar.delete(name);
      else jar.set(name, { name, value: pair.slice(pair.indexOf("=") + 1), sameSite });
    }
  }
}

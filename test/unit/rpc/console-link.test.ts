import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  archivePathLink,
  LINK_SCREENS,
  MAX_LINK_PATHS,
  parseConsoleLink,
} from "../../../src-shared/model/console-link.ts";
import { SCREENS } from "../../../src-renderer/hooks/workspace-store.ts";

describe("a link into the console", () => {
  test("names a place to look at", () => {
    const text =
      "kubemate://explore?site=lab&tenant=alpha&q=%7Bapp%3D%22web%22%7D+%7C%3D+%22x%22&from=now-900s&to=now&live=1";
    expect(parseConsoleLink(text)).toEqual({
      screen: "explore",
      params: { site: "lab", tenant: "alpha", q: '{app="web"} |= "x"', from: "now-900s", to: "now", live: "1" },
      paths: [],
      href: text,
      hash: `#/${text.slice("kubemate://".length)}`,
    });
  });

  test("may be written as systems write it", () => {
    for (const text of ["kubemate://jobs", "kubemate://jobs/", "KUBEMATE://Jobs", "kubemate://jobs?"]) {
      expect(parseConsoleLink(text)?.href, text).toBe("kubemate://jobs");
    }
  });

  test("takes exact instants and other sources", () => {
    const text =
      "kubemate://explore?site=a%40b&pods=loki-system&from=2026-11-20T10%3A00%3A00.123456789Z&to=1763633000000000000&dir=forward";
    expect(parseConsoleLink(text)?.params).toMatchObject({ pods: "loki-system", dir: "forward", site: "a@b" });
  });

  test("takes what the Storage screen shows, and nothing that could be no place of it", () => {
    const place = "kubemate://storage?store=site.lab.chunks&tab=findings&scan=job-1&finding=3f2a-1b";
    expect(parseConsoleLink(place)?.params).toEqual({
      store: "site.lab.chunks",
      tab: "findings",
      scan: "job-1",
      finding: "3f2a-1b",
    });
    for (const query of ["store=../x", "tab=Findings", "scan=a%20b", "finding=%3Cb%3E"]) {
      expect(parseConsoleLink(`kubemate://storage?${query}`), query).toBeNull();
    }
  });

  test("knows every screen of the window, and no other", () => {
    expect([...LINK_SCREENS].toSorted()).toEqual([...SCREENS].toSorted());
    for (const screen of SCREENS) expect(parseConsoleLink(`kubemate://${screen}`)?.screen).toBe(screen);
  });

  test("is refused whole when anything in it is not a place", () => {
    const hostile = [
      "",
      "explore",
      "http://explore",
      "kubemate:explore",
      "kubemate:///explore",
      "kubemate://",
      "kubemate://admin",
      "kubemate://explore/../settings",
      "kubemate://explore/x",
      "kubemate://user:password@explore",
      "kubemate://explore:80",
      "kubemate://explore#/settings",
      "kubemate://explore?run=rm",
      "kubemate://explore?readOnly=0",
      "kubemate://explore?__proto__=x",
      "kubemate://explore?constructor=x",
      "kubemate://explore?site=a&site=b",
      "kubemate://explore?site=../../etc",
      "kubemate://explore?site=%00",
      "kubemate://explore?tenant=a%2Fb",
      "kubemate://explore?tenant=..",
      `kubemate://explore?tenant=${"a".repeat(151)}`,
      "kubemate://explore?pods=Kube_System",
      "kubemate://explore?archive=..%2Fx",
      "kubemate://explore?path=%2Fvar%2Flog%2Fa.log",
      "kubemate://archives?path=a.log",
      "kubemate://archives?path=..%2Fa.log",
      "kubemate://archives?path=",
      "kubemate://archives?path=%2Fa%00.log",
      "kubemate://archives?path=%2Fa%0Ab.log",
      "kubemate://archives?path=%2Ftmp%2Fevil%E2%80%AEgol.exe",
      "kubemate://archives?path=https%3A%2F%2Fevil.example%2Fa.log",
      "kubemate://archives?path=%5C%5Cevil.example%5Cshare%5Ca.log",
      "kubemate://archives?path=%2F%2Fevil.example%2Fshare%2Fa.log",
      `kubemate://archives?path=%2F${"a".repeat(4_096)}`,
      `kubemate://archives?${"path=%2Fa&".repeat(MAX_LINK_PATHS + 1)}`,
      "kubemate://explore?from=yesterday",
      "kubemate://explore?from=now-1y",
      "kubemate://explore?live=true",
      "kubemate://explore?dir=up",
      "kubemate://explore?q=%00",
      "kubemate://explore?q=%1b%5b31m",
      "kubemate://explore?q=a%E2%80%AEb",
      `kubemate://explore?q=${"x".repeat(32_769)}`,
      `kubemate://explore?q=${"%78".repeat(30_000)}`,
      "kubemate://explore\n?q=x",
      " kubemate://explore",
    ];
    for (const text of hostile) expect(parseConsoleLink(text), JSON.stringify(text.slice(0, 80))).toBeNull();
  });

  test("names an archive that was opened, and a tenant of it", () => {
    const text = "kubemate://explore?archive=a1b2&tenant=acme";
    expect(parseConsoleLink(text)).toMatchObject({
      params: { archive: "a1b2", tenant: "acme" },
      paths: [],
      href: text,
    });
  });

  test("carries any path that can be shown whole, and the whole of it", () => {
    const roots = fc.constantFrom("/", "C:\\", "d:/");
    const paths = fc
      .array(fc.tuple(roots, fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" })), {
        minLength: 1,
        maxLength: 8,
      })
      .map((parts) => parts.map(([root, rest]) => `${root}${rest}`));
    fc.assert(
      fc.property(paths, (wanted) => {
        const link = archivePathLink(wanted);
        if (link === null) return;
        expect(link.paths).toEqual(wanted);
        expect(link.screen).toBe("archives");
        expect(parseConsoleLink(link.href)).toEqual(link);
      }),
    );
    expect(archivePathLink(["/data/a b+c&d=e#f?.log", "C:\\logs\\日志.log"])?.paths).toHaveLength(2);
    expect(archivePathLink([])).toBeNull();
  });

  test("reads again what it wrote, whatever the query", () => {
    const query = fc.string({ maxLength: 200, unit: "binary" });
    fc.assert(
      fc.property(query, fc.constantFrom(...LINK_SCREENS), (q, screen) => {
        const link = parseConsoleLink(`kubemate://${screen}?${new URLSearchParams({ q }).toString()}`);
        if (link === null) return;
        expect(link.params["q"]).toBe(q);
        expect(parseConsoleLink(link.href)).toEqual(link);
      }),
    );
  });

  test("never throws", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: "binary" }), (text) => {
        parseConsoleLink(text);
        parseConsoleLink(`kubemate://explore?${text}`);
      }),
    );
  });
});

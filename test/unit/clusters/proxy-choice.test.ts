import { describe, expect, it } from "vitest";
import { chooseProxy } from "../../../src-main/core/clusters/proxy-choice.ts";

const PROXY = "http://proxy:3128";

function chosen(server: string, noProxy = "", proxyUrl: string | null = null): string | null {
  return chooseProxy(new URL(server), proxyUrl, { HTTPS_PROXY: PROXY, http_proxy: "plain:80", NO_PROXY: noProxy });
}

describe("the proxy of a cluster", () => {
  it("is the kubeconfig's, else the environment's by the server's scheme", () => {
    expect(chosen("https://api:6443", "", "socks5://mine:1080")).toBe("socks5://mine:1080");
    expect(chosen("https://api:6443")).toBe(PROXY);
    expect(chosen("http://api:8080")).toBe("http://plain:80");
    expect(chooseProxy(new URL("https://api"), null, {})).toBeNull();
  });

  it("is not used for this machine", () => {
    for (const server of ["https://localhost:6443", "https://127.0.0.1:6443", "https://[::1]:6443"]) {
      expect(chosen(server)).toBeNull();
    }
  });

  it.each([
    ["*", true],
    ["api.bank.example", true],
    ["bank.example", true],
    [".bank.example", true],
    ["*.bank.example", true],
    ["other.example, bank.example", true],
    ["BANK.EXAMPLE", true],
    ["api.bank.example:6443", true],
    ["api.bank.example:443", false],
    ["ank.example", false],
    ["api", false],
  ])("obeys NO_PROXY %j", (noProxy, direct) => {
    expect(chosen("https://api.bank.example:6443", noProxy)).toBe(direct ? null : PROXY);
  });

  it.each([
    ["10.0.0.0/8", true],
    ["10.1.2.3/32", true],
    ["10.1.2.4/32", false],
    ["0.0.0.0/0", true],
    ["10.0.0.0/33", false],
    ["nonsense/8", false],
  ])("knows the network %s", (noProxy, direct) => {
    expect(chosen("https://10.1.2.3", noProxy)).toBe(direct ? null : PROXY);
  });
});

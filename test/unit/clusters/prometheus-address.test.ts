import { describe, expect, it } from "vitest";
import { parsePrometheusAddress } from "../../../src-main/core/clusters/prometheus-address.ts";
import { checkSiteConfig } from "../../../src-main/core/clusters/site-config-check.ts";
import type { SiteConfig } from "../../../src-shared/api/sites.api.ts";

describe("where a site's Prometheus is", () => {
  it("is a URL, or a service in the cluster with its port by number or name", () => {
    expect(parsePrometheusAddress("https://prometheus.bank.example/prod")).toEqual({
      kind: "url",
      url: "https://prometheus.bank.example/prod",
    });
    expect(parsePrometheusAddress("monitoring/prometheus-operated:9090")).toEqual({
      kind: "service",
      namespace: "monitoring",
      service: "prometheus-operated",
      port: "9090",
    });
    expect(parsePrometheusAddress("a/b:http-web")).toMatchObject({ port: "http-web" });
  });

  it.each([
    "prometheus",
    "monitoring/prometheus",
    "Monitoring/prometheus:9090",
    "a/b/c:1",
    "../b:1",
    "ftp://host",
    "file:///etc/passwd",
    "http://me:secret@host",
    "http://host?query=up",
    "http://host/#x",
    "http://",
  ])("is not %s", (text) => {
    expect(parsePrometheusAddress(text)).toBeNull();
  });

  it("is checked with the rest of a site: no service where there is no cluster, nothing that is no address", () => {
    const cluster = (prometheus: string): SiteConfig => ({
      kind: "kubernetes",
      file: "/k",
      context: "c",
      overrides: {},
      prometheus,
    });
    const direct = (prometheus: string): SiteConfig => ({
      kind: "direct",
      name: "n",
      url: "http://loki",
      auth: { kind: "none" },
      prometheus,
    });
    for (const config of [cluster(""), cluster("a/b:1"), cluster("http://p"), direct(""), direct("http://p")]) {
      expect(() => checkSiteConfig(config)).not.toThrow();
    }
    for (const config of [cluster("p"), direct("a/b:1"), direct("http://u:p@h")]) {
      expect(() => checkSiteConfig(config)).toThrow(expect.objectContaining({ code: "sites.invalid" }));
    }
  });
});

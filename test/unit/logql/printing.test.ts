import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { formatLogQl } from "../../../src-shared/logql/formatter.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import { printExpr } from "../../../src-shared/logql/printer.ts";

const FIXTURES = new URL("../../fixtures/", import.meta.url);

const exchange = z.object({ request: z.object({ path: z.string() }), status: z.number(), body: z.string() });
const reply = z.object({ data: z.string().optional(), error: z.string().optional() });

function recordings(): readonly {
  readonly query: string;
  readonly data: string | undefined;
  readonly error: string | undefined;
}[] {
  const folder = new URL("loki-api/", FIXTURES);
  return readdirSync(folder)
    .filter((name) => name.includes("format-query"))
    .map((name) => {
      const { request, body } = exchange.parse(JSON.parse(readFileSync(new URL(name, folder), "utf8")));
      const { data, error } = reply.parse(JSON.parse(body));
      return { query: new URL(request.path, "http://loki").searchParams.get("query") ?? "", data, error };
    });
}

function corpusQueries(): readonly string[] {
  const rows = z
    .array(z.object({ query: z.string() }))
    .parse(JSON.parse(readFileSync(new URL("logql/queries.json", FIXTURES), "utf8")));
  return rows.map(({ query }) => query).filter((query) => parseLogQl(query).ok);
}

function reprinted(text: string): string {
  const result = parseLogQl(text);
  if (!result.ok) throw new Error(`${text}: ${result.error.text}`);
  return printExpr(result.expr);
}

describe("printing LogQL", () => {
  it.each(recordings())("formats $query as Loki's format_query did", ({ query, data, error }) => {
    const result = parseLogQl(query);
    expect(result.ok ? formatLogQl(result.expr) : result.error.text).toBe(data ?? error);
  });

  it("prints and formats every query of the corpus to text with the same meaning", () => {
    const queries = corpusQueries();
    expect(queries.length).toBeGreaterThan(1_000);
    for (const query of queries) {
      const result = parseLogQl(query);
      // NaN and Inf, which literals may fold to, have no notation.
      if (!result.ok || (result.expr.kind === "literal" && !Number.isFinite(result.expr.value))) continue;
      const line = printExpr(result.expr);
      expect(reprinted(line)).toBe(line);
      expect(reprinted(formatLogQl(result.expr))).toBe(line);
    }
  });

  it("breaks a long query into one stage a line", () => {
    const result = parseLogQl(
      'sum by (path) (quantile_over_time(0.99, {container="ingress-nginx", service="hosted"} | json | unwrap response_latency_seconds | __error__="" [1m]))',
    );
    expect(result.ok ? formatLogQl(result.expr) : "").toBe(
      [
        "sum by (path)(",
        "  quantile_over_time(",
        "    0.99,",
        '    {container="ingress-nginx", service="hosted"}',
        "      | json",
        "      | unwrap response_latency_seconds",
        '      | __error__="" [1m]',
        "  )",
        ")",
      ].join("\n"),
    );
  });
});

import type { CostlyShape, UsageReport } from "../../src-shared/model/tenants/usage.ts";
import { csvCell } from "../core/tenants/usage/export-columns.ts";
import { textTable } from "./text-table.ts";

const MAX_KEY = 80;

/** A report for people: shares in percent, bytes in gigabytes (10^9). */
export function reportText({ by, rows, total, prices }: UsageReport): string {
  const priced = total.scanPrice !== null;
  const price = (value: number | null) => (priced ? [`${(value ?? 0).toFixed(2)} ${prices.currency}`.trimEnd()] : []);
  const cells = rows.map((row) => [
    (row.key === "" ? "-" : row.key).slice(0, MAX_KEY),
    String(row.queries),
    String(row.failed),
    gigabytes(row.bytes),
    `${(row.share * 100).toFixed(1)} %`,
    seconds(row.durationMs),
    ...price(row.scanPrice),
  ]);
  const sum = [
    "total",
    String(total.queries),
    String(total.failed),
    gigabytes(total.bytes),
    "",
    seconds(total.durationMs),
  ];
  const headings = [by.toUpperCase(), "QUERIES", "FAILED", "GB", "SHARE", "SECONDS", ...(priced ? ["PRICE"] : [])];
  return textTable(headings, [...cells, [...sum, ...price(total.scanPrice)]]);
}

export function reportCsv({ by, rows, prices }: UsageReport): string {
  const header = [by, "queries", "failed", "bytes", "lines", "duration_ms", "share", "scan_price", "currency"];
  return csv([
    header,
    ...rows.map(({ key, queries, failed, bytes, lines, durationMs, share, scanPrice }) => {
      const currency = scanPrice === null ? "" : prices.currency;
      return [key, queries, failed, bytes, lines, durationMs, share, scanPrice, currency];
    }),
  ]);
}

/** The dearest shapes with an example and what would make each cheaper. */
export function shapesText(shapes: readonly CostlyShape[]): string {
  return shapes
    .map(({ shape, example, queries, failed, bytes, share, tenants, users, sources, fixes }, index) => {
      const who = [
        ["tenants", tenants],
        ["users", users],
        ["sources", sources],
      ] as const;
      return textTable(
        [`${index + 1}.`, shape],
        [
          ["", `${gigabytes(bytes)} GB (${(share * 100).toFixed(1)} %), ${queries} queries, ${failed} failed`],
          ["", `for example: ${example.query}`],
          ...who.filter(([, names]) => names.length > 0).map(([what, names]) => ["", `${what}: ${names.join(", ")}`]),
          ...fixes.map(({ kind, params, savesBytes }) => [
            "",
            `${kind}${paramsText(params)}${savesBytes === null ? "" : `, saves ${gigabytes(savesBytes)} GB`}`,
          ]),
        ],
      );
    })
    .join("\n");
}

export function shapesCsv(shapes: readonly CostlyShape[]): string {
  const header = [
    "shape",
    "queries",
    "failed",
    "bytes",
    "share",
    "tenants",
    "users",
    "sources",
    "fix",
    "params",
    "saves_bytes",
  ];
  return csv([
    header,
    ...shapes.flatMap(({ shape, queries, failed, bytes, share, tenants, users, sources, fixes }) => {
      const head = [shape, queries, failed, bytes, share, tenants.join(" "), users.join(" "), sources.join(" ")];
      if (fixes.length === 0) return [[...head, "", "", null]];
      return fixes.map(({ kind, params, savesBytes }) => [...head, kind, JSON.stringify(params), savesBytes]);
    }),
  ]);
}

function csv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

function paramsText(params: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(params).map(([name, value]) => `${name} ${value}`);
  return pairs.length === 0 ? "" : ` (${pairs.join(", ")})`;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(3);
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

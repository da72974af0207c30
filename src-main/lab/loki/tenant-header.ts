import type { IncomingMessage } from "node:http";
import { MAX_TENANT_ID_BYTES, tenantIdProblem } from "../../../src-shared/model/tenant-id.ts";
import { HttpProblem } from "../http/reply.ts";

/** Which handler asks: each wraps a bad tenant in its own words. */
export type TenantUse = "query" | "push" | "tail";

/** The tenant of a request, or Loki's refusal: 401 without the header, 400 for an id that is none, 500 for several. */
export function requireTenant(request: IncomingMessage, use: TenantUse): string {
  const header = request.headers["x-scope-orgid"];
  const text = Array.isArray(header) ? (header[0] ?? "") : (header ?? "");
  if (text === "") throw new HttpProblem(401, "no org id\n");
  const tenants = [...new Set(text.split("|").map((each) => each.split(":")[0] ?? ""))].sort();
  const newline = use === "push" ? "\n" : "";
  for (const tenant of tenants) {
    const problem = problemText(tenant);
    if (problem === null) continue;
    throw new HttpProblem(
      400,
      use === "query" ? `rpc error: code = Code(400) desc = ${problem}` : `${problem}${newline}`,
    );
  }
  const [tenant] = tenants;
  if (tenant === undefined || tenants.length > 1) {
    throw new HttpProblem(use === "query" ? 500 : 400, `multiple org IDs present${newline}`);
  }
  return tenant;
}

function problemText(tenant: string): string | null {
  const problem = tenantIdProblem(tenant);
  if (problem === null || problem.reason === "empty") return null;
  switch (problem.reason) {
    case "too-long":
      return `tenant ID is too long: max ${MAX_TENANT_ID_BYTES} characters`;
    case "reserved":
      return "tenant ID is '.' or '..'";
    case "unsupported-character":
      return `tenant ID '${tenant}' contains unsupported character '${problem.character}'`;
  }
}

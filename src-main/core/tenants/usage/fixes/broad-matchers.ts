import type { Matcher } from "../../../../../src-shared/logql/ast.ts";
import { Re2SyntaxError } from "../../../../../src-shared/logql/regex/re2-syntax.ts";
import { compileWhole } from "../../../../../src-shared/logql/regex/regex-test.ts";

/** Labels whose values say where a stream is from rather than what it is: many streams share each of them. */
const SHARED_LABELS: ReadonlySet<string> = new Set([
  "__tenant_id__",
  "cloud_availability_zone",
  "cloud_region",
  "cluster",
  "cluster_name",
  "customer",
  "datacenter",
  "dc",
  "deployment_environment",
  "deployment_environment_name",
  "detected_level",
  "env",
  "environment",
  "job",
  "k8s_cluster_name",
  "k8s_namespace_name",
  "level",
  "namespace",
  "org",
  "org_id",
  "organization",
  "region",
  "service_namespace",
  "severity",
  "stage",
  "stream",
  "team",
  "tenant",
  "tenant_id",
  "zone",
]);

/** No program is called so: a regular expression that takes one of them takes nearly every value. */
const NOBODYS_NAMES = ["zq", "zqx7j", "zqx-7j", "Zqx_7.j"];

/** Whether no matcher narrows to a few streams: none names a value of a label that few share, nor a pattern of such. */
export function areBroad(matchers: readonly Matcher[]): boolean {
  return !matchers.some((matcher) => !SHARED_LABELS.has(matcher.name) && picks(matcher));
}

function picks({ op, value }: Matcher): boolean {
  switch (op) {
    case "=":
      return value !== "";
    case "=~":
      return !takesAll(value);
    case "!=":
    case "!~":
      return false;
  }
}

function takesAll(regex: string): boolean {
  try {
    const matches = compileWhole(regex);
    return regex === "" || NOBODYS_NAMES.some((name) => matches(name));
  } catch (error) {
    // Loki will refuse the query; that is told elsewhere.
    if (error instanceof Re2SyntaxError) return false;
    throw error;
  }
}

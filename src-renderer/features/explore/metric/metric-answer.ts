import type { z } from "zod";
import type { logsApi } from "../../../../src-shared/api/logs.api.ts";

/** What a metric query answers, with its verdict and cost. */
export type MetricAnswer = z.infer<(typeof logsApi)["metric"]["output"]>;

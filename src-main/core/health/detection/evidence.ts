import type { Evidence } from "../../../../src-shared/model/health/verdict.ts";

/** Evidence before it is known since when. */
export type Finding = Omit<Evidence, "sinceMs">;

import type { LokiTransport } from "../../clusters/loki-transport.ts";
import type { ScrapeTarget, TargetSource } from "./scrape-target.ts";
import { targetAnswer } from "./target-answer.ts";

/** A Loki reached by its URL: one target, whatever stands behind the address. */
export function directTargets(transport: LokiTransport): TargetSource {
  const target: ScrapeTarget = {
    instance: "all",
    component: "single-binary",
    zone: null,
    node: null,
    async get({ path, accept, maxBytes, timeoutMs, signal }) {
      const headers = accept === undefined ? {} : { accept };
      const answer = await transport.request({ role: "admin", method: "GET", path, headers, signal, timeoutMs });
      return targetAnswer(answer, maxBytes);
    },
  };
  return { targets: () => Promise.resolve([target]) };
}

import type { supportApi } from "../../src-shared/api/support.api.ts";
import type { JobId } from "../../src-shared/model/ids.ts";
import type { DomainHandlers } from "./handlers.ts";

export function supportHandlers(startBundle: (principal: string) => JobId): DomainHandlers<typeof supportApi> {
  return { bundle: async (_input, { caller }) => ({ job: startBundle(caller.principal) }) };
}

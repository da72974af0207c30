import type { queriesApi } from "../../src-shared/api/queries.api.ts";
import type { QueryHistory } from "../core/queries/query-history.ts";
import type { DomainHandlers } from "./handlers.ts";

export function queriesHandlers(history: QueryHistory): DomainHandlers<typeof queriesApi> {
  return {
    list: async ({ kind, contains, limit }, { caller }) => history.list(kind, contains ?? "", limit, caller.key),
    save: async ({ name, ...use }, { caller }) => history.save(use, name, caller.key),
    remove: async ({ id }, { caller }) => {
      history.remove(id, caller.key);
      return { removed: true };
    },
  };
}

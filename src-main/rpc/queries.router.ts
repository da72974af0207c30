import type { queriesApi } from "../../src-shared/api/queries.api.ts";
import type { QueryHistory } from "../core/queries/query-history.ts";
import type { DomainHandlers } from "./handlers.ts";

export function queriesHandlers(history: QueryHistory): DomainHandlers<typeof queriesApi> {
  return {
    list: async ({ kind, contains, limit }) => history.list(kind, contains ?? "", limit),
    save: async ({ name, ...use }) => history.save(use, name),
    remove: async ({ id }) => {
      history.remove(id);
      return { removed: true };
    },
  };
}

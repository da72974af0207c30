import type { secretsApi } from "../../src-shared/api/secrets.api.ts";
import type { Announcer } from "../core/common/topics.ts";
import type { SecretStore } from "../core/secrets/secret-store.ts";
import type { DomainHandlers } from "./handlers.ts";

export function secretsHandlers(secrets: SecretStore, announcer: Announcer): DomainHandlers<typeof secretsApi> {
  return {
    list: async () => ({
      secrets: [...(await secrets.list())],
      store: secrets.kind,
      ...(secrets.reason === null ? {} : { reason: secrets.reason }),
    }),
    put: async ({ ref, value }) => {
      const info = await secrets.put(ref, value);
      announcer.changed("secrets");
      return info;
    },
    remove: async ({ ref }) => {
      const removed = await secrets.remove(ref);
      announcer.changed("secrets");
      return { removed };
    },
  };
}

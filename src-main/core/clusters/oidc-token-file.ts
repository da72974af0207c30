import { readFile, realpath, stat } from "node:fs/promises";
import { parseDocument } from "yaml";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import type { OidcTokens } from "./oidc-refresh.ts";

const usersSchema = z.array(z.object({ name: z.unknown() }));

/**
 * Writes refreshed tokens back into the kubeconfig, comments kept, as client-go does: a provider that rotates refresh
 * tokens would otherwise lock kubectl out. Rejects with a system error; the tokens in memory stay good.
 */
export async function storeOidcTokens(file: string, userName: string, tokens: OidcTokens): Promise<boolean> {
  const target = await realpath(file);
  const document = parseDocument(await readFile(target, "utf8"));
  const users = usersSchema.safeParse(document.toJS({ maxAliasCount: 100 })?.users);
  const index = users.success ? users.data.findIndex((user) => user.name === userName) : -1;
  const config = ["users", index, "user", "auth-provider", "config"];
  if (document.errors.length > 0 || index < 0 || !document.hasIn(config)) return false;
  document.setIn([...config, "id-token"], tokens.idToken);
  document.setIn([...config, "refresh-token"], tokens.refreshToken);
  const { mode } = await stat(target);
  await writeFileAtomic(target, document.toString({ lineWidth: 0 }), { mode: mode & 0o777 });
  return true;
}

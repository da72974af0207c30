import { z } from "zod";

/**
 * The parts of a kubeconfig (`v1 Config`, client-go `clientcmd/api/v1`) that the console acts upon. Entries are parsed one
 * by one, so that one broken entry does not take the others with it.
 */
const optionalText = z.string().nullish();

export const kubeconfigSchema = z.object({
  kind: optionalText,
  "current-context": optionalText,
  clusters: z.array(z.unknown()).nullish(),
  contexts: z.array(z.unknown()).nullish(),
  users: z.array(z.unknown()).nullish(),
});

export const namedSchema = z.object({ name: z.string().min(1) });

export const contextEntrySchema = z.object({
  context: z.object({ cluster: optionalText, user: optionalText, namespace: optionalText }),
});

export const clusterEntrySchema = z.object({
  cluster: z.object({
    server: optionalText,
    "certificate-authority": optionalText,
    "certificate-authority-data": optionalText,
    "insecure-skip-tls-verify": z.boolean().nullish(),
    "tls-server-name": optionalText,
    "proxy-url": optionalText,
    extensions: z.array(z.object({ name: z.string(), extension: z.unknown() })).nullish(),
  }),
});

const execSchema = z.object({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string().min(1), value: z.string() })).nullish(),
  installHint: optionalText,
  provideClusterInfo: z.boolean().nullish(),
  interactiveMode: z.enum(["Never", "IfAvailable", "Always"]).nullish(),
});

export const userEntrySchema = z.object({
  user: z
    .object({
      token: optionalText,
      tokenFile: optionalText,
      username: optionalText,
      password: optionalText,
      "client-certificate": optionalText,
      "client-certificate-data": optionalText,
      "client-key": optionalText,
      "client-key-data": optionalText,
      as: optionalText,
      "as-uid": optionalText,
      "as-groups": z.array(z.string()).nullish(),
      exec: execSchema.nullish(),
      "auth-provider": z.object({ name: z.string(), config: z.record(z.string(), z.string()).nullish() }).nullish(),
    })
    .nullish(),
});

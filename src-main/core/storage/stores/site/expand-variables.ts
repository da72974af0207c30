import { replaceAsync } from "./pod-environment.ts";

const REFERENCE = /(\$?\$\{[^{}]{0,300}\})/g;
const NAMED = /^\$\{([A-Za-z_]\w*)(?:(:?[-=])(.*))?\}$/s;

/**
 * `${NAME}` and `${NAME:-default}` as Loki replaces them in its configuration with `-config.expand-env` (github.com/drone/envsubst);
 * `$${` stands for itself. Unlike Loki, value by value: what a variable holds is never read as YAML.
 */
export function expandVariables(text: string, lookup: (name: string) => Promise<string | null>): Promise<string> {
  if (!text.includes("${")) return Promise.resolve(text);
  return replaceAsync(text, REFERENCE, async (whole) => {
    if (whole.startsWith("$$")) return whole.slice(1);
    const [, name, operator, fallback] = NAMED.exec(whole) ?? [];
    if (name === undefined) return whole;
    const value = (await lookup(name)) ?? "";
    return value === "" && operator !== undefined ? (fallback ?? "") : value;
  });
}

/** Names of the variables that a text refers to. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].flatMap(([whole]) => {
    const name = whole.startsWith("$$") ? undefined : NAMED.exec(whole)?.[1];
    return name === undefined ? [] : [name];
  });
}

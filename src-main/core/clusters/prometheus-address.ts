/** Where a site's Prometheus is: at a URL, or behind a service of the site's cluster. */
export type PrometheusAddress =
  | { readonly kind: "url"; readonly url: string }
  | {
      readonly kind: "service";
      readonly namespace: string;
      readonly service: string;
      /** A number or a port's name. */
      readonly port: string;
    };

const NAME = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const SERVICE = new RegExp(`^(${NAME})/(${NAME}):([a-z0-9-]{1,15})$`);

/**
 * Reads `http(s)://host[:port][/prefix]` or `namespace/service:port`. `null` for anything else, also for a URL with a user in
 * it, which would be shown and kept in plain text.
 */
export function parsePrometheusAddress(text: string): PrometheusAddress | null {
  const [, namespace, service, port] = SERVICE.exec(text) ?? [];
  if (namespace !== undefined && service !== undefined && port !== undefined) {
    return { kind: "service", namespace, service, port };
  }
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.host === "") return null;
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return null;
  return { kind: "url", url: text };
}

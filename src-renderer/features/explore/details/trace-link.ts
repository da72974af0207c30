/** One template of a site: fields of this name become links. */
export interface TraceLinkTemplate {
  readonly field: string;
  readonly url: string;
}

/**
 * The link of a field's value by the site's templates, or `null`. The value comes from a log: it is put in encoded, and the
 * result must be a plain http or https address of the host that the template itself names, or there is no link.
 */
export function traceLink(name: string, value: string, templates: readonly TraceLinkTemplate[]): string | null {
  const template = templates.find(({ field }) => field === name || field.toLowerCase() === name.toLowerCase());
  if (template === undefined || value === "" || value.length > 512) return null;
  const probe = safeUrl(template.url.replaceAll("{value}", "x"));
  const url = safeUrl(template.url.replaceAll("{value}", encodeURIComponent(value)));
  return probe === null || url === null || probe.host !== url.host ? null : url.href;
}

function safeUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url : null;
}

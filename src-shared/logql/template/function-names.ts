/** Every function that a template may call: those of `text/template` and those that Loki adds. */
const NAMES =
  "and call html index slice js len not or print printf println urlquery eq ge gt le lt ne " +
  "ToLower ToUpper Replace Trim TrimLeft TrimRight TrimPrefix TrimSuffix TrimSpace " +
  "regexReplaceAll regexReplaceAllLiteral count urldecode urlencode bytes duration duration_seconds " +
  "unixEpochMillis unixEpochNanos toDateInZone unixToTime alignLeft alignRight " +
  "b64enc b64dec lower upper title trunc substr contains hasPrefix hasSuffix indent nindent replace repeat " +
  "trim trimAll trimSuffix trimPrefix int float64 add sub mul div mod addf subf mulf divf max min maxf minf " +
  "ceil floor round fromJson date toDate now unixEpoch default __line__ __timestamp__";

const FUNCTIONS: ReadonlySet<string> = new Set(NAMES.split(" "));

export function isTemplateFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

/** The names in the order of the reference, for completion. */
export const TEMPLATE_FUNCTION_NAMES: readonly string[] = [...FUNCTIONS];

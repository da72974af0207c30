import { DESKTOP_ORIGIN, DESKTOP_SCHEME } from "../../src-shared/api/door-wire.ts";
import { pageAnswer } from "../page/page-answer.ts";
import type { PageFiles } from "../page/page-files.ts";

/** The page's own scheme: a real origin with a real content policy, which `file://` is not. */
export const PAGE_SCHEME = {
  scheme: DESKTOP_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

export function isPageUrl(url: string): boolean {
  return url === DESKTOP_ORIGIN || url.startsWith(`${DESKTOP_ORIGIN}/`);
}

/** Answers the page's requests from its built files, with the same headers as over HTTP. */
export function pageResponder(files: PageFiles): (request: Request) => Promise<Response> {
  return async ({ url, method }) => {
    if (method !== "GET" || !isPageUrl(url)) return new Response("forbidden", { status: 403 });
    const file = await files.find(URL.parse(url)?.pathname ?? "");
    if (file === null) return new Response("not found", { status: 404 });
    const { headers, body } = pageAnswer(file, []);
    return new Response(body, { status: 200, headers });
  };
}

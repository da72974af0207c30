import { SIGN_OUT_PATH } from "../../src-shared/api/door-wire.ts";

/** Ends this browser's session and goes to the sign-in page. Rejects when the server cannot be reached; then nothing has ended. */
export async function signOut(page: Window = window): Promise<void> {
  await page.fetch(SIGN_OUT_PATH, {
    method: "POST",
    credentials: "same-origin",
    redirect: "manual",
    cache: "no-store",
  });
  page.location.assign("/");
}

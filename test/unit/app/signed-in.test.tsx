import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { signOut } from "../../../src-renderer/rpc/sign-out.ts";
import { SignedIn } from "../../../src-renderer/app/signed-in.tsx";
import { renderInConsole } from "../../builders/render-console.tsx";

const UNTIL_MS = Date.UTC(2026, 10, 20, 11);

describe("who is signed in", () => {
  it("stands beside the role with their tenants and the end of it", async () => {
    renderInConsole(<SignedIn />, { hello: { signedIn: { name: "li.wei", tenants: 2, expiresAtMs: UNTIL_MS } } });
    const button = await screen.findByRole("button", { name: "Sign out li.wei" });
    await userEvent.hover(button);
    const tip = await screen.findByRole("tooltip");
    expect(tip.textContent).toMatch(/li\.wei, signed in until 2026-11-20 .*May see 2 tenants\./);
  });

  it("is not told on the desktop, where nobody signed in", () => {
    const { container } = renderInConsole(<SignedIn />);
    expect(container.querySelector("button")).toBeNull();
  });

  it("signs out by a request of the page itself, and goes to the sign-in", async () => {
    const asked: { path: string; init: RequestInit | undefined }[] = [];
    const went: string[] = [];
    const page = {
      fetch: async (path: string, init?: RequestInit) => {
        asked.push({ path, init });
        return new Response(null, { status: 204 });
      },
      location: { assign: (path: string) => went.push(path) },
    };
    // Of a window, signing out uses these two.
    await signOut(page as unknown as Window);
    expect(asked).toMatchObject([{ path: "/sign-out", init: { method: "POST", credentials: "same-origin" } }]);
    expect(went).toEqual(["/"]);
  });

  it("stays where it is when nobody answers, for then the session stands", async () => {
    const went: string[] = [];
    const page = {
      fetch: async () => {
        throw new TypeError("fetch failed");
      },
      location: { assign: (path: string) => went.push(path) },
    };
    // As above.
    await expect(signOut(page as unknown as Window)).rejects.toThrow("fetch failed");
    expect(went).toEqual([]);
  });
});

import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { anExplanation } from "../../builders/limit-changes.ts";
import { aTenantsBoard } from "../../builders/limits-boards.ts";
import { callsOf, openLimits } from "../../builders/limits-screen.tsx";
import { withSizes } from "../../builders/health-screen.tsx";
import type { RenderedConsole } from "../../builders/render-console.tsx";

withSizes();

const dialog = () => within(screen.getByRole("dialog"));

describe("the explainer of refusals", () => {
  async function explain(text: string, explanation = anExplanation({ curve: [] })): Promise<RenderedConsole> {
    const user = userEvent.setup();
    const console = await openLimits(aTenantsBoard(), {
      view: { tab: "explain", opened: null },
      tenants: { explain: () => Promise.resolve([explanation]) },
    });
    await user.click(screen.getByRole("textbox", { name: /What Loki/ }));
    await user.paste(text);
    await user.click(screen.getByRole("button", { name: "Explain" }));
    await screen.findByRole("article");
    return console;
  }

  it("names tenant, limit, value and where it comes from, what was asked, and who sends it", async () => {
    const console = await explain("ingestion rate limit exceeded for user payments");
    expect(callsOf(console, "tenants.explain")).toEqual([
      { site: "prod", text: "ingestion rate limit exceeded for user payments" },
    ]);
    const card = within(
      screen.getByRole("article", { name: "The tenant sends more bytes a second than its ingestion rate allows" }),
    );
    card.getByRole("button", { name: "payments" });
    card.getByText("4 MiB/s (4194304)");
    card.getByText("as the text says");
    card.getByText("1.5 times the limit");
    card.getByText("checkout-7c9d-x2x4z");
    card.getByText("Deployment checkout");
  });

  it("begins the change that an advice comes to, with its value filled in", async () => {
    const user = userEvent.setup();
    await explain("x");
    await user.click(screen.getByRole("button", { name: "Set ingestion_rate_mb to 8…" }));
    expect((await dialog().findByRole<HTMLInputElement>("textbox", { name: "New value 1" })).value).toBe("8");
    expect(dialog().getByRole<HTMLInputElement>("combobox", { name: "Tenant 1" }).value).toBe("payments");
  });

  it("shows text of a log as text: escaped, with what it hides, and cut", async () => {
    await explain(
      "x",
      anExplanation({
        curve: [],
        stream: `{app="<img src=x onerror=alert(1)>\u202E${"a".repeat(5_000)}"}`,
        reason: "new_reason",
      }),
    );
    screen.getByRole("heading", { name: "Refused as new_reason" });
    const shown = screen.getByText(/<img src=x onerror=alert\(1\)>⟦U\+202E⟧/);
    expect(shown.textContent.length).toBeLessThan(700);
    expect(document.querySelector("article img")).toBeNull();
  });

  it("sends no more than the door takes, and says so", async () => {
    const console = await explain("y".repeat(200_010));
    screen.getByText("Only the first 200,000 characters are read.");
    expect(callsOf(console, "tenants.explain")).toMatchObject([{ text: "y".repeat(200_000) }]);
  });

  it("offers no change where the tenant is not known, or the limit is none of a tenant", async () => {
    await explain("x", anExplanation({ curve: [], tenant: null }));
    expect(screen.queryByRole("button", { name: /^Set / })).toBeNull();
  });
});

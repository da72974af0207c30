import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../../src-shared/i18n/catalogue.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import { withSizes } from "../../builders/health-screen.tsx";
import { ALL_LIMITS, aLimit, anExpiry, aTenantsBoard, aTenantsLimits } from "../../builders/limits-boards.ts";
import { callsOf, openLimits } from "../../builders/limits-screen.tsx";
import { wireError } from "../../builders/site-examples.ts";

withSizes();

const PAYMENTS = { tab: "limits", opened: "payments" } as const;
const row = (key: string): HTMLElement => {
  const found = screen
    .getAllByRole("listitem")
    .find((item) => within(item).queryByRole("button", { name: `Change ${key}` }) !== null);
  if (found === undefined) throw new Error(`no row of ${key}`);
  return found;
};

describe("what each limit means", () => {
  it("is said of every limit of the table, in both languages", () => {
    const untold = ALL_LIMITS.flatMap(({ key }) =>
      (["en", "zh-CN"] as const)
        .filter((locale) => CATALOGUE[locale][`limits.meaning.${key}`] === undefined)
        .map((locale) => `${locale} ${key}`),
    );
    expect(untold).toEqual([]);
    expect(ALL_LIMITS.length).toBeGreaterThan(100);
  });

  it("has no limit that is not in the table", () => {
    const known = new Set(ALL_LIMITS.map(({ key }) => `limits.meaning.${key}`));
    expect(Object.keys(CATALOGUE.en).filter((key) => key.startsWith("limits.meaning.") && !known.has(key))).toEqual([]);
  });
});

describe("a tenant's limits", () => {
  it("are all there by area, each with value, source, meaning and use", async () => {
    await openLimits(aTenantsBoard(), { view: PAYMENTS });
    await screen.findByText("130 of 130");
    // Where use is going: of the gauge on top, and of the limit's own.
    expect(screen.getAllByText("+410 KiB/s per hour")).toHaveLength(2);
    for (const area of ["Ingestion", "Queries", "Retention and deletion", "Rules", "Others"]) {
      screen.getByRole("heading", { name: area });
    }
    const rate = row("ingestion_rate_mb");
    within(rate).getByText("override");
    within(rate).getByText("4 MiB/s");
    within(rate).getByText("97%");
    expect(rate.textContent).toContain("In limits_config: 10");
    expect(rate.textContent).toContain("rate_limited");
    within(row("max_global_streams_per_user")).getByText("config");
    // Nobody tells: that is no nought and no default.
    expect(within(row("retention_period")).getAllByText("unknown")).toHaveLength(2);
    within(row("max_query_bytes_read")).getByText("no limit");
    expect(row("max_query_series").textContent).toContain("A component holds 1000");
  });

  it("are found by key, meaning, area, and by being overrides or near", async () => {
    const user = userEvent.setup();
    await openLimits(aTenantsBoard(), { view: PAYMENTS });
    await screen.findByText("130 of 130");
    const find = screen.getByRole("textbox", { name: "Find by key, meaning or value" });
    await user.type(find, "pretend taken client");
    screen.getByText("0 of 130");
    await user.clear(find);
    await user.type(find, "lost without a sign");
    screen.getByText("1 of 130");
    row("block_ingestion_status_code");
    await user.clear(find);
    await user.click(screen.getByRole("radio", { name: "Overrides" }));
    screen.getByText("1 of 130");
    await user.click(screen.getByRole("radio", { name: "Near" }));
    // The one that is near, and the one that a component disagrees about.
    screen.getByText("2 of 130");
  });

  it("say which exception is overdue and what it goes back to", async () => {
    await openLimits(aTenantsBoard(), {
      view: PAYMENTS,
      tenants: {
        limits: ({ tenant }) =>
          Promise.resolve(
            aTenantsLimits(tenant, {
              limits: [
                aLimit("ingestion_rate_mb", { source: "override", expiry: anExpiry("payments", { overdue: true }) }),
              ],
            }),
          ),
      },
    });
    await screen.findByText("OVERDUE since");
  });

  it("cannot be changed where they have no effect for one tenant, and it is said why", async () => {
    const user = userEvent.setup();
    await openLimits(aTenantsBoard(), { view: PAYMENTS });
    await screen.findByText("130 of 130");
    const button = within(row("ingestion_rate_strategy")).getByRole("button");
    expect(button.getAttribute("aria-disabled")).toBe("true");
    await user.click(button);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("that could not be read say so, and are asked again", async () => {
    const user = userEvent.setup();
    let asked = 0;
    const console = await openLimits(aTenantsBoard(), {
      view: PAYMENTS,
      tenants: {
        limits: ({ tenant }) =>
          asked++ === 0
            ? Promise.reject(new RemoteError(wireError("internal")))
            : Promise.resolve(aTenantsLimits(tenant)),
      },
    });
    await screen.findByText("The limits of payments could not be read");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByText("130 of 130");
    expect(callsOf(console, "tenants.limits")).toHaveLength(2);
  });
});

import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { TopologyTab } from "../../../src-renderer/features/health/topology/topology-tab.tsx";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { Topology } from "../../../src-shared/model/health/topology.ts";
import { aBoard, aLargeBoard, BOARD_AT_MS } from "../../builders/health-boards.ts";
import { renderHealth } from "../../builders/render-health.tsx";
import { wireError } from "../../builders/site-examples.ts";

const TOPOLOGY: Topology = {
  atMs: BOARD_AT_MS,
  edges: [
    {
      kind: "flush",
      path: "write",
      from: "ingester",
      to: "object-store",
      perSecond: 38.4,
      bytesPerSecond: 1_048_576,
      meanSeconds: 0.0153,
      errorShare: 0.031,
      metric: "loki_s3_request_duration_seconds",
    },
    {
      kind: "read-recent",
      path: "read",
      from: "querier",
      to: "ingester",
      perSecond: null,
      bytesPerSecond: null,
      meanSeconds: null,
      errorShare: null,
      metric: "loki_ingester_client_request_duration_seconds",
    },
  ],
};

const told = (topology: Topology = TOPOLOGY) => ({
  answers: { health: { topology: () => Promise.resolve(topology) } },
});

describe("the topology", () => {
  it("draws every component with its verdict, how many are ready, and its instances by verdict", async () => {
    await renderHealth(<TopologyTab />, aBoard(), told());
    const ingester = await screen.findByRole("group", { name: "ingester" });
    within(ingester).getByRole("img", { name: "Gray" });
    within(ingester).getByText("3/3 ready");
    const cells = within(ingester).getAllByRole("option");
    expect(cells.map((cell) => cell.getAttribute("aria-label"))).toEqual([
      "loki-ingester-0: Healthy",
      "loki-ingester-1: Gray",
      "loki-ingester-2: Healthy",
    ]);
  });

  it("goes through the cells with the arrow keys, tells of the one that is reached, and opens it", async () => {
    const user = userEvent.setup();
    const { workspace } = await renderHealth(<TopologyTab />, aBoard(), told());
    const list = await screen.findByRole("listbox", { name: "Instances of ingester" });
    act(() => list.focus());
    await user.keyboard("{ArrowRight}");
    const reached = list.getAttribute("aria-activedescendant") ?? "";
    expect(document.getElementById(reached)?.getAttribute("aria-label")).toBe("loki-ingester-1: Gray");
    const card = screen.getByRole("status");
    within(card).getByText("loki-ingester-1");
    within(card).getByText("zone-a");
    await user.keyboard("{Enter}");
    expect(workspace.getState().health.instance).toBe("loki-ingester-1");
  });

  it("has all figures in a table too, and a dash with its reason where no metric tells one", async () => {
    const user = userEvent.setup();
    await renderHealth(<TopologyTab />, aBoard(), told());
    await screen.findByRole("group", { name: "ingester" });
    await user.click(screen.getByRole("radio", { name: "Table" }));
    const rows = within(screen.getByRole("table", { name: "Flows between components" })).getAllByRole("row");
    expect(rows.slice(1).map((row) => row.textContent)).toEqual([
      "FlushingesterObject store38/s1 MiB/s15ms3.1%loki_s3_request_duration_seconds",
      "Read recent dataquerieringester––––loki_ingester_client_request_duration_seconds",
    ]);
    expect(within(rows[2] ?? document.body).getAllByTitle("no metric tells")).toHaveLength(4);
    await user.click(screen.getByRole("radio", { name: "Write" }));
    expect(screen.queryByRole("row", { name: /Read recent data/ })).toBeNull();
  });

  it("asks for the figures once a round", async () => {
    const { client } = await renderHealth(<TopologyTab />, aBoard(), told());
    await screen.findByRole("group", { name: "ingester" });
    const asked = () => client.calls.filter(({ path }) => path === "health.topology").length;
    expect(asked()).toBe(1);
    act(() => client.emit("health.watch", aBoard({ tookMs: 12 })));
    act(() => client.emit("health.watch", aBoard({ roundAtMs: BOARD_AT_MS + 15_000 })));
    await waitFor(() => expect(asked()).toBe(2));
  });

  it("draws the components without arrows where the figures cannot be read, and says so", async () => {
    await renderHealth(<TopologyTab />, aBoard(), {
      answers: {
        health: { topology: () => Promise.reject(new RemoteError(wireError("health.no-targets", { site: "prod" }))) },
      },
    });
    await screen.findByText(/The figures of the arrows could not be read/);
    screen.getByRole("group", { name: "ingester" });
  });

  it("draws 600 instances, marks when they are on the screen, and redraws none of them for a round that changes nothing", async () => {
    const { client } = await renderHealth(<TopologyTab />, aLargeBoard(), told());
    await waitFor(() => expect(screen.getAllByRole("option")).toHaveLength(600));
    await waitFor(() => expect(performance.getEntriesByName("kubemate.topology.painted").length).toBeGreaterThan(0));
    const cells = screen.getAllByRole("option");
    const changed: MutationRecord[] = [];
    const watching = new MutationObserver((records) => changed.push(...records));
    for (const cell of cells) watching.observe(cell, { attributes: true });
    act(() => client.emit("health.watch", { ...aLargeBoard(), roundAtMs: BOARD_AT_MS + 15_000 }));
    await waitFor(() =>
      expect(client.calls.filter(({ path }) => path === "health.topology").length).toBeGreaterThan(1),
    );
    changed.push(...watching.takeRecords());
    watching.disconnect();
    expect(changed).toEqual([]);
    expect(screen.getAllByRole("option")[417]).toBe(cells[417]);
  });
});

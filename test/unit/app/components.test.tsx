import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState, type ReactElement } from "react";
import { describe, expect, it, vi } from "vitest";
import { Button } from "../../../src-renderer/components/button.tsx";
import { CopyButton } from "../../../src-renderer/components/copy-button.tsx";
import { Drawer } from "../../../src-renderer/components/drawer.tsx";
import { ErrorBoundary } from "../../../src-renderer/components/error-boundary.tsx";
import { ErrorPanel } from "../../../src-renderer/components/error-panel.tsx";
import { renderInConsole } from "../../builders/render-console.tsx";
import { wireError } from "../../builders/site-examples.ts";

describe("shared components", () => {
  it("an error shows its sentence with what was filled in as text, never as markup", () => {
    const { container } = renderInConsole(
      <ErrorPanel
        error={wireError("loki.failed", { status: 500, text: "<img src=x onerror=alert(1)> $t(app.close) {{x}}" })}
      />,
    );
    expect(container.querySelector("img")).toBeNull();
    expect(screen.getByRole("alert").textContent).toContain("<img src=x onerror=alert(1)> $t(app.close) {{x}}");
    expect(screen.getByText("r-42")).toBeTruthy();
  });

  it("an error offers to try again only where that can help", () => {
    const onRetry = vi.fn<() => void>();
    const denied = {
      ...wireError("permission.denied", { role: "viewer", permission: "x" }),
      category: "forbidden" as const,
    };
    renderInConsole(<ErrorPanel error={denied} onRetry={onRetry} />);
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });

  it("a button that may not be used can be reached and read, and does nothing", async () => {
    const onClick = vi.fn<() => void>();
    renderInConsole(
      <Button disabledReason="Your role does not allow this" onClick={onClick}>
        Save
      </Button>,
    );
    const user = userEvent.setup();
    await user.tab();
    expect(document.activeElement?.textContent).toBe("Save");
    await user.keyboard("{Enter}");
    expect(onClick).not.toHaveBeenCalled();
    await screen.findByText("Your role does not allow this");
  });

  it("copying says that it worked, or that the clipboard refused", async () => {
    const user = userEvent.setup();
    renderInConsole(<CopyButton text="r-42" />);
    await user.click(screen.getByRole("button", { name: "Copy" }));
    await screen.findByRole("button", { name: "Copied" });
    expect(await navigator.clipboard.readText()).toBe("r-42");
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("denied"));
    await user.click(screen.getByRole("button", { name: "Copied" }));
    await screen.findByRole("button", { name: "The clipboard refused" });
  });

  it("a drawer takes the focus, closes by Escape and gives the focus back", async () => {
    function Page(): ReactElement {
      const [open, setOpen] = useState(false);
      return (
        <>
          <button onClick={() => setOpen(true)} type="button">
            Details
          </button>
          {open ? (
            <Drawer onClose={() => setOpen(false)} title="Entry 1">
              text
            </Drawer>
          ) : null}
        </>
      );
    }
    const user = userEvent.setup();
    renderInConsole(<Page />);
    await user.click(screen.getByRole("button", { name: "Details" }));
    expect(document.activeElement).toBe(screen.getByRole("complementary", { name: "Entry 1" }));
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("complementary")).toBeNull();
    expect(document.activeElement?.textContent).toBe("Details");
  });

  it("a bug in one part shows a reference there and leaves the rest alone", () => {
    const silenced = vi.spyOn(console, "error").mockImplementation(() => undefined);
    function Broken(): ReactElement {
      throw new Error("a bug");
    }
    renderInConsole(
      <>
        <p>the rest</p>
        <ErrorBoundary>
          <Broken />
        </ErrorBoundary>
      </>,
    );
    expect(screen.getByText("This part has stopped")).toBeTruthy();
    expect(screen.getByText(/^w-/, { selector: "p code" })).toBeTruthy();
    expect(screen.getByText("the rest")).toBeTruthy();
    silenced.mockRestore();
  });
});

import { describe, expect, it } from "vitest";
import { CommandLine } from "../../builders/command-line.ts";
import { push, quietLab } from "../../builders/lab-loki.ts";

const NOW_MS = Date.now();

function uuid(at: number): string {
  const hex = (Math.imul(at + 1, 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
  return `${hex}-1c2d-4e3f-8a9b-${hex}${hex.slice(0, 4)}`;
}

interface Answer {
  readonly report: {
    readonly series: number;
    readonly sampledShare: number;
    readonly partial: readonly unknown[];
    readonly labels: readonly { readonly label: string; readonly values: number; readonly shape: string | null }[];
    readonly fields: readonly { readonly field: string; readonly verdict: string }[];
    readonly suggested: readonly unknown[];
  };
  readonly whatIf: {
    readonly streams: { readonly before: number; readonly after: number };
    readonly promtail: string;
  };
}

describe("kubemate cardinality", () => {
  it("says of a Loki's tenant which label explodes, what would be without it, and how to do that", async () => {
    await using opened = new AsyncDisposableStack();
    const lab = opened.use((await quietLab(NOW_MS)).lab);
    const streams = Array.from({ length: 600 }, (_, at) => ({
      stream: { app: at % 2 === 0 ? "pay" : "auth", request_id: uuid(at) },
      values: [
        [`${BigInt(NOW_MS - 60_000 + at) * 1_000_000n}`, `{"level":"${at % 3 === 0 ? "warn" : "info"}","n":${at}}`],
      ] as [string, string][],
    }));
    expect((await push(lab, "retail-bank", streams)).status).toBe(204);
    using command = new CommandLine();
    const asked = ["cardinality", "--source", lab.lokiUrl, "--tenant", "retail-bank"];
    const json = await command.run(...asked, "--what-if", "metadata:request_id", "--output", "json");
    expect(json.stderr).toBe("");
    expect(json.exitCode).toBe(0);
    const { report, whatIf } = JSON.parse(json.stdout) as Answer;
    expect([report.sampledShare, report.partial]).toEqual([1, []]);
    expect(report.labels[0]).toMatchObject({ label: "request_id", values: 600, shape: "uuid" });
    expect(report.suggested).toEqual([{ kind: "metadata", label: "request_id" }]);
    expect(report.fields).toContainEqual(expect.objectContaining({ field: "level", verdict: "label" }));
    expect(whatIf.streams.before).toBe(report.series);
    expect(whatIf.streams.after).toBe(report.series - 598);
    expect(whatIf.promtail).toContain('"request_id"');
    const text = await command.run(...asked, "--what-if", "drop:request_id", "--what-if", "hash:app:1");
    expect(text.stdout).toMatch(/request_id +600 +600/);
    expect(text.exitCode).toBe(0);
  });

  it("refuses a change, a range or a selector that is none, before anything is asked", async () => {
    using command = new CommandLine();
    const asked = ["cardinality", "--source", "http://127.0.0.1:1", "--tenant", "a"];
    for (const wrong of [
      ["--what-if", "hash:app"],
      ["--what-if", "hash:app:0"],
      ["--what-if", "shred:app"],
      ["--last", "1m"],
      ["--selector", '{app="a"} |= "x"'],
      ["--tenant", "a|b"],
    ]) {
      expect((await command.run(...asked, ...wrong)).exitCode).toBe(2);
    }
  });
});

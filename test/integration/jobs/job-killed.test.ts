import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const eventSchema = z.union([z.object({ id: z.string(), state: z.string() }), z.object({ committed: z.number() })]);
type JobEvent = z.infer<typeof eventSchema>;

const PROCESS = new URL("job-process.ts", import.meta.url).pathname;
const LINES = 200;

function startProcess(...parameters: string[]): ChildProcess {
  return spawn(process.execPath, [PROCESS, ...parameters], { stdio: ["ignore", "pipe", "inherit"] });
}

/** Waits until the process tells what fits, kills it with SIGKILL, and answers with the id of its job. */
async function killWhen(child: ChildProcess, fits: (event: JobEvent) => boolean): Promise<string> {
  if (child.stdout === null) throw new Error("no standard output");
  let id = "";
  for await (const line of createInterface({ input: child.stdout })) {
    const event = eventSchema.parse(JSON.parse(line));
    if ("id" in event) id = event.id;
    if (!fits(event)) continue;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    return id;
  }
  throw new Error("the process ended first");
}

describe("a job whose process is killed with SIGKILL", () => {
  it("resumes from its last commit each time, and every line is there exactly once", async () => {
    using directory = temporaryDirectory();
    const database = directory.file("jobs.db");
    const file = directory.file("lines.txt");
    const points = [20, 60, 100, 140].map((point) => point + Math.floor(Math.random() * 30));
    const committed = (atLeast: number) => (event: JobEvent) => "committed" in event && event.committed >= atLeast;
    const id = await killWhen(startProcess(database, "submit", file, String(LINES)), committed(5));
    for (const point of points) await killWhen(startProcess(database, "resume", id), committed(point));
    await killWhen(startProcess(database, "resume", id), (event) => "state" in event && event.state === "succeeded");
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines).toEqual(Array.from({ length: LINES }, (_, index) => String(index)));
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../src-shared/errors/app-error.ts";
import {
  bucketDamageOf,
  drLagMinutesOf,
  LAB_FAULTS,
  LAB_INSTANCE_FAULTS,
  LAB_TENANT_FAULTS,
} from "../../src-shared/model/lab-fault.ts";
import { LabService } from "../core/lab/lab.service.ts";
import { createPinoLogger } from "../core/logging/pino-logger.ts";
import type { CommandContext, OutputFormat } from "./command-context.ts";
import { aborted, jsonLine, write } from "./terminal.ts";

export interface LabOptions {
  readonly lokiPort: string;
  readonly kubernetesPort: string;
  readonly controlPort: string;
  readonly seed: string;
  readonly historyHours: string;
  readonly kubeconfig?: string;
  readonly fault?: readonly string[];
  readonly output: OutputFormat;
}

export async function runLab({ terminal }: CommandContext, options: LabOptions): Promise<void> {
  const faults = (options.fault ?? []).map(faultOf);
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "kubemate-lab-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const lab = stack.use(
    new LabService({
      locate: terminal.locateWorker,
      logger: createPinoLogger({ write: (line) => void terminal.stderr.write(line) }, "warn"),
      kubeconfigFile: options.kubeconfig ?? join(folder, "kubeconfig"),
      lokiPort: numberOf("--loki-port", options.lokiPort),
      kubernetesPort: numberOf("--kubernetes-port", options.kubernetesPort),
      controlPort: numberOf("--control-port", options.controlPort),
      seed: numberOf("--seed", options.seed),
      historyHours: numberOf("--history-hours", options.historyHours),
    }),
  );
  let status = await lab.start();
  for (const fault of faults) status = await lab.setFault(fault, true);
  const facts = { ...status, controlUrl: lab.controlUrl };
  if (options.output === "text") {
    const lines = [
      `loki        ${status.lokiUrl ?? ""}`,
      `kubernetes  ${status.kubernetesUrl ?? ""}`,
      `kubeconfig  ${status.kubeconfig ?? ""}`,
      `s3          ${status.s3Url ?? ""}`,
      "s3 keys     in the Secret loki-s3 of the namespace loki, by the kubeconfig",
      `control     ${lab.controlUrl ?? ""}`,
      `tenants     ${status.tenants.join(" ")}`,
      `ingesters   ${(status.ingesters ?? []).join(" ")}`,
      ...(status.faults.length === 0 ? [] : [`faults      ${status.faults.join(" ")}`]),
    ];
    await write(terminal.stdout, `${lines.join("\n")}\n`);
  } else await write(terminal.stdout, jsonLine(facts));
  await aborted(terminal.signal);
}

/** Whether there is such a target, the lab says when it runs. */
function faultOf(text: string): string {
  const [name = ""] = text.split(":");
  const plain = LAB_FAULTS.some((fault) => fault === text);
  const ofBucket = bucketDamageOf(text) !== null || drLagMinutesOf(text) !== null;
  const withTarget = [...LAB_INSTANCE_FAULTS, ...LAB_TENANT_FAULTS].some((fault) => fault === name && text !== name);
  if (!plain && !withTarget && !ofBucket) throw new AppError("lab.fault-unknown", { fault: text });
  return text;
}

function numberOf(path: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535 * 1_000) return value;
  throw new AppError("request.invalid", { path, problem: text });
}

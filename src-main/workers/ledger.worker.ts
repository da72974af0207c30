import { parentPort } from "node:worker_threads";
import { LedgerHost } from "../core/tenants/ledger/ledger-host.ts";
import type { LedgerCall } from "../core/tenants/ledger/ledger-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("ledger.worker runs in a worker thread only");

const host = new LedgerHost((reply) => port.postMessage(reply));

// Messages come from `LedgerThread` of this program alone.
port.on("message", (call: LedgerCall) => void host.answer(call));

import { systemClock } from "../../src-main/core/common/clock.ts";
import { FolderObjectStore } from "../../src-main/core/storage/folder-object-store.ts";
import { acquireLease } from "../../src-main/core/storage/lease/acquire-lease.ts";

// Run as a process of its own, with a folder and a nonce: takes the lease of the folder and keeps it until it is killed.
const [, , folder = "", nonce = ""] = process.argv;
const store = new FolderObjectStore(folder);
const { signal } = new AbortController();
await acquireLease({ store, holder: "child", purpose: "test", clock: systemClock, nonce }, signal);
process.stdout.write("has it\n");
// Its end must not be a test that was given up.
setTimeout(() => process.exit(1), 60_000);

import { lockProfile, openProfile } from "../../../src-main/core/common/profile.ts";

// Holds a profile until it is killed.
const lock = lockProfile(openProfile(process.argv[2] ?? ""));
process.stdout.write("held\n");
setInterval(() => lock, 60_000);

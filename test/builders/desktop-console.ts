import type { Role } from "../../src-shared/permissions/roles.ts";
import {
  startElectronShell,
  type DesktopGifts,
  type ElectronShellOptions,
} from "../../src-main/electron/electron-shell.ts";
import type { ConsoleHandle } from "../../src-main/rpc/console-handle.ts";
import { ElectronDouble } from "./electron-double.ts";
import { builtPage } from "./headless-console.ts";
import { ManualClock } from "./manual-clock.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { Trial } from "./trial-door.ts";

/** The desktop shell over a double of Electron and a console of the trial's table. */
export class DesktopSetup implements Disposable {
  readonly electron = new ElectronDouble();
  readonly trial = new Trial();
  readonly clock = new ManualClock();
  readonly page = builtPage();
  readonly profile = temporaryDirectory();
  readonly links: string[] = [];
  gifts: DesktopGifts | null = null;
  outside: string[] = ["https://tempo.bank.example"];
  closed = 0;
  failure: Error | null = null;
  failToClose = false;

  start(options: Partial<Pick<ElectronShellOptions, "argv" | "platform" | "workingDirectory">> = {}): Promise<void> {
    return startElectronShell(this.electron, {
      createConsole: async (gifts) => {
        this.gifts = gifts;
        if (this.failure !== null) throw this.failure;
        return this.#handle();
      },
      staticDirectory: this.page.path,
      preloadFile: "/app/out/preload/preload.cjs",
      argv: [],
      workingDirectory: "/home/ada",
      platform: "linux",
      ...options,
    });
  }

  #handle(): ConsoleHandle {
    const role: Role = "operator";
    return {
      router: this.trial.router,
      principal: "ada",
      role,
      profileDirectory: this.profile.path,
      logger: this.trial.logger,
      clock: this.clock,
      locale: null,
      openLink: (url) => this.links.push(url),
      externalOrigins: async () => this.outside,
      close: async () => {
        if (this.failToClose) throw new Error("the disk is gone");
        this.closed += 1;
      },
    };
  }

  [Symbol.dispose](): void {
    this.page[Symbol.dispose]();
    this.profile[Symbol.dispose]();
  }
}

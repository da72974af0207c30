import { z } from "zod";

/** A message from a page that is larger is refused; answers and stream data have no such bound. UTF-8 bytes. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Where the browser shell serves the door. */
export const DOOR_PATH = "/rpc";

/** Where a page asks the browser shell whether its session is good: 204, or 401. */
export const SESSION_PATH = "/session";
/** A `POST` of the page ends the browser's session. */
export const SIGN_OUT_PATH = "/sign-out";

/** The desktop's page is `kubemate-app://console/`; links into the console are `kubemate://`. */
export const DESKTOP_SCHEME = "kubemate-app";
export const DESKTOP_ORIGIN = `${DESKTOP_SCHEME}://console`;

/** Takes a running call back; the one procedure that is not in a domain's table. Its input is `{ call }`. */
export const CANCEL_PROCEDURE = "door.cancel";

/** The name under which a client says its `PROTOCOL_VERSION` when a socket opens. */
export const PROTOCOL_PARAM = "protocol";

/**
 * What every call carries: its input, and for queries and commands a number by which the same socket may cancel it (tRPC's
 * own protocol can stop subscriptions only).
 */
export const callEnvelopeSchema = z.object({
  call: z.number().int().positive().exactOptional(),
  input: z.unknown().optional(),
});
export type CallEnvelope = z.infer<typeof callEnvelopeSchema>;

export const cancelSchema = z.object({ call: z.number().int().positive() });

/** Close codes of a socket; those from 4000 are ours (RFC 6455, 7.4.2). */
export const CLOSE_CODES = { normal: 1000, goingAway: 1001, tooLarge: 1009, sessionExpired: 4401 } as const;

/** Every error the fleet's control API answers with. The code is the contract; the wording is not. */
import createError from "@fastify/error";

export const NOT_FOUND_CODE = "FLEET_NOT_FOUND";

export const UnknownProcess = createError("FLEET_UNKNOWN_PROCESS", "No process is named %s", 404);
export const AlreadyUp = createError("FLEET_ALREADY_UP", "Process %s is up", 409);
export const AlreadyDown = createError("FLEET_ALREADY_DOWN", "Process %s is down", 409);
export const NotOperator = createError(
  "FLEET_NOT_OPERATOR",
  "This needs the bearer token, or the operator's cookie sent by the site",
  401,
);
/** A page elsewhere may have its own name resolve to loopback (DNS rebinding). */
export const ForeignHost = createError(
  "FLEET_FOREIGN_HOST",
  "The control API answers to 127.0.0.1 and localhost only",
  421,
);
export const NoChaos = createError("FLEET_NO_CHAOS", "This fleet runs without chaos", 404);
export const ChaosUnreachable = createError(
  "FLEET_CHAOS_UNREACHABLE",
  "The chaos service does not answer",
  503,
);
